package io.gapo.chat;

import io.gapo.chat.jinja.JinjaTemplate;
import io.gapo.chat.python.TemplateFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A model's own chat template: what makes one text of a conversation. It renders as transformers'
 * {@code apply_chat_template} does, in bounded time and memory whatever is in it, and knows of the
 * conversation and the options only. Thread-safe.
 */
public final class ChatTemplate {

  private final String name;
  private final JinjaTemplate template;

  private ChatTemplate(String name, JinjaTemplate template) {
    this.name = name;
    this.template = template;
  }

  /**
   * Reads a template.
   *
   * @throws ChatTemplateException if it is no template, or uses what is not known here
   */
  public static ChatTemplate parse(String source) {
    return parse("the chat template", source);
  }

  /**
   * Reads a template that has a name.
   *
   * @param name for error messages, such as the file that it comes from
   * @throws ChatTemplateException if it is no template, or uses what is not known here
   */
  public static ChatTemplate parse(String name, String source) {
    try {
      return new ChatTemplate(name, JinjaTemplate.parse(source));
    } catch (TemplateFault fault) {
      throw ChatTemplateException.of(name, fault);
    }
  }

  /**
   * Makes one text of a conversation.
   *
   * @throws ChatTemplateException if the template refuses the conversation, needs a value that
   *     neither has, or reaches a bound
   */
  public RenderedChat render(Conversation conversation, RenderOptions options) {
    PlainTokens plain = new PlainTokens(options.plainTokens());
    List<@Nullable Object> messages = new ArrayList<>();
    conversation.messages().forEach(message -> messages.add(plain.mark(message.fields())));
    Map<String, Object> variables = options.asVariables();
    variables.put("messages", messages);
    for (String others : List.of("tools", "documents")) {
      variables.computeIfPresent(others, (its, value) -> plain.mark(value));
    }
    try {
      String text = template.render(variables, options.clock());
      String bos = options.bosToken();
      boolean beginsWithBos = bos != null && !bos.isEmpty() && text.startsWith(bos);
      return new RenderedChat(plain.parts(text), beginsWithBos);
    } catch (TemplateFault fault) {
      throw ChatTemplateException.of(name, fault);
    }
  }
}
