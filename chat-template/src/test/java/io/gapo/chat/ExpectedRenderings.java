package io.gapo.chat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What jinja2 made of templates and conversations, by {@code tools/fixtures/chat_templates.py}. */
final class ExpectedRenderings {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One template and one conversation.
   *
   * @param text null where jinja2 refuses
   */
  record Case(
      String template,
      String conversation,
      String source,
      Conversation messages,
      RenderOptions options,
      @Nullable String text) {

    @Override
    public String toString() {
      return "%s, %s, %s generation prompt"
          .formatted(template, conversation, options.addGenerationPrompt() ? "with" : "without");
    }

    /** How our text differs, or nothing. */
    String difference() {
      String ours;
      try {
        ours = ChatTemplate.parse(source).render(messages, options).text();
      } catch (ChatTemplateException e) {
        return text == null ? "" : "fails: " + e.getMessage();
      }
      if (text == null) {
        return "does not fail";
      }
      int common = 0;
      while (common < Math.min(ours.length(), text.length())
          && ours.charAt(common) == text.charAt(common)) {
        common++;
      }
      return ours.equals(text)
          ? ""
          : "'%s' instead of '%s' behind '%s'"
              .formatted(
                  ours.substring(common, Math.min(common + 40, ours.length())),
                  text.substring(common, Math.min(common + 40, text.length())),
                  text.substring(Math.max(0, common - 40), common));
    }
  }

  private ExpectedRenderings() {}

  /**
   * Every template with every conversation, with and without generation prompt.
   *
   * @param resources with {@code conversations.json}
   */
  static List<Case> read(Path resources, Path templates, Path expected) throws IOException {
    JsonNode root = JSON.readTree(expected.toFile());
    JsonNode conversations = JSON.readTree(resources.resolve("conversations.json").toFile());
    OffsetDateTime now = OffsetDateTime.parse(root.path("now").textValue());
    Map<String, String> tokens =
        JSON.convertValue(root.path("tokens"), new TypeReference<Map<String, String>>() {});
    RenderOptions options =
        RenderOptions.DEFAULTS
            .withBosToken(tokens.get("bos_token"))
            .withEosToken(tokens.get("eos_token"))
            .withSpecialTokens(tokens)
            .withClock(Clock.fixed(now.toInstant(), now.getOffset()));
    List<Case> cases = new ArrayList<>();
    for (Map.Entry<String, JsonNode> template : root.path("templates").properties()) {
      String source = Files.readString(templates.resolve(template.getKey() + ".jinja"));
      for (Map.Entry<String, JsonNode> conversation : template.getValue().properties()) {
        JsonNode given = conversations.path(conversation.getKey());
        for (boolean added : List.of(true, false)) {
          cases.add(
              new Case(
                  template.getKey(),
                  conversation.getKey(),
                  source,
                  conversation(given.path("messages")),
                  options.withGenerationPrompt(added).withVariables(map(given.path("variables"))),
                  conversation
                      .getValue()
                      .path(added ? "with" : "without")
                      .path("text")
                      .textValue()));
        }
      }
    }
    return cases;
  }

  private static Map<String, Object> map(JsonNode node) {
    return node.isMissingNode()
        ? Map.of()
        : JSON.convertValue(node, new TypeReference<LinkedHashMap<String, Object>>() {});
  }

  private static Conversation conversation(JsonNode messages) {
    List<Message> read = new ArrayList<>();
    for (JsonNode message : messages) {
      Map<String, Object> fields = map(message);
      Object content = fields.remove("content");
      read.add(new Message(String.valueOf(fields.remove("role")), content, fields));
    }
    return new Conversation(read);
  }
}
