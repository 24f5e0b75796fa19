package io.gapo.runtime.text;

import io.gapo.chat.ChatTemplate;
import io.gapo.chat.ChatTemplateException;
import io.gapo.chat.ChatTemplates;
import io.gapo.chat.ChatTemplates.ModelChat;
import io.gapo.chat.Conversation;
import io.gapo.chat.Message;
import io.gapo.chat.RenderOptions;
import io.gapo.chat.RenderedChat;
import io.gapo.core.rollout.ChatMessage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A model's own chat template, rendered as transformers does. */
public final class ChatFormat implements PromptFormat {

  private static final String USER = "user";

  private final ChatTemplate template;
  private final RenderOptions options;

  private ChatFormat(ChatTemplate template, RenderOptions options) {
    this.template = template;
    this.options = options;
  }

  /**
   * The template of a model's directory, tried on a short conversation.
   *
   * @param specialTokens of the tokenizer: what users write of them is plain text
   * @return empty if the model has none
   * @throws UnsupportedTemplateException if it cannot be rendered
   */
  static Optional<ChatFormat> of(Path directory, List<String> specialTokens) {
    try {
      Optional<ModelChat> chat = ChatTemplates.of(directory);
      Optional<ChatFormat> format =
          chat.map(
              model ->
                  new ChatFormat(
                      model.template(),
                      model.options().withPlainTokens(Set.copyOf(specialTokens))));
      format.ifPresent(ChatFormat::tryIt);
      return format;
    } catch (ChatTemplateException | UnreadableConversationException e) {
      // What renders a conversation wraps the template's own fault.
      String fault =
          e.getCause() instanceof ChatTemplateException own ? own.getMessage() : e.getMessage();
      throw new UnsupportedTemplateException(
          directory,
          "its chat template cannot be used (%s): repair it, or set gapo.sampling.template to what"
                  .formatted(fault)
              + " the model reads around a prompt");
    }
  }

  /** Renders a short conversation, in which what is said must come out. */
  private void tryIt() {
    String question = "What is six times seven?";
    String answer = "Forty-two.";
    requireSaid(prompt(List.of(), question), question);
    requireSaid(answered(List.of(), question, answer), answer);
  }

  private static void requireSaid(TemplatedText text, String said) {
    if (!text.whole().contains(said)) {
      throw new UnreadableConversationException(
          "it leaves out what is said: a conversation with '%s' becomes '%s'"
              .formatted(said, text.whole()));
    }
  }

  @Override
  public TemplatedText prompt(List<ChatMessage> history, String text) {
    return render(conversation(history, text), true);
  }

  @Override
  public TemplatedText answered(List<ChatMessage> history, String text, String response) {
    return render(conversation(history, text).answeredBy(response), false);
  }

  private static Conversation conversation(List<ChatMessage> history, String text) {
    List<Message> messages = new ArrayList<>();
    history.forEach(message -> messages.add(new Message(message.role(), message.content())));
    messages.add(new Message(USER, text));
    return new Conversation(messages);
  }

  private TemplatedText render(Conversation conversation, boolean generationPrompt) {
    try {
      RenderedChat chat =
          template.render(conversation, options.withGenerationPrompt(generationPrompt));
      return new TemplatedText(
          chat.parts().stream()
              .map(part -> new TemplatedText.Part(part.text(), !part.isPlain()))
              .toList(),
          true);
    } catch (ChatTemplateException e) {
      throw new UnreadableConversationException(
          "the model's chat template refuses the conversation: " + e.getMessage(), e);
    }
  }

  @Override
  public boolean endsResponses() {
    return true;
  }
}
