package io.gapo.chat;

import io.gapo.chat.python.TemplateFault;
import org.jspecify.annotations.Nullable;

/**
 * A chat template cannot be read, or cannot render a conversation. The message is for the user: it
 * names the template and the line, says why, and what to do.
 */
public final class ChatTemplateException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  ChatTemplateException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static ChatTemplateException of(String template, TemplateFault fault) {
    return new ChatTemplateException(
        "%s, line %s: %s".formatted(template, fault.line(), fault.getMessage()), fault);
  }
}
