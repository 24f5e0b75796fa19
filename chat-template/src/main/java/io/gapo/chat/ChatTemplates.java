package io.gapo.chat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;

/** Finds the chat template of a model's directory in Hugging Face's layout. */
public final class ChatTemplates {

  private static final String TEMPLATE_FILE = "chat_template.jinja";
  private static final String CONFIG_FILE = "tokenizer_config.json";
  private static final String SPECIAL_TOKENS_FILE = "special_tokens_map.json";

  /** What a tokenizer calls a special token. */
  private static final String TOKEN = "_token";

  private static final long MAX_BYTES = 64L << 20;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A template, and the special tokens of the tokenizer that it belongs to.
   *
   * @param options with those tokens and a generation prompt
   */
  public record ModelChat(ChatTemplate template, RenderOptions options) {}

  private ChatTemplates() {}

  /**
   * The template in {@code chat_template.jinja}, else that in {@code tokenizer_config.json}: of
   * several named ones that called default.
   *
   * @return empty if the model has none
   * @throws ChatTemplateException if it has one that cannot be read; the message names the file
   * @throws UncheckedIOException if a file cannot be read
   */
  public static Optional<ModelChat> of(Path modelDirectory) {
    JsonNode config = json(modelDirectory.resolve(CONFIG_FILE));
    Path file = modelDirectory.resolve(TEMPLATE_FILE);
    Optional<ChatTemplate> template =
        Files.isRegularFile(file)
            ? Optional.of(ChatTemplate.parse(file.toString(), read(file)))
            : source(config)
                .map(
                    source ->
                        ChatTemplate.parse(
                            "chat_template in " + modelDirectory.resolve(CONFIG_FILE), source));
    return template.map(
        its -> new ModelChat(its, options(config, modelDirectory.resolve(SPECIAL_TOKENS_FILE))));
  }

  private static Optional<String> source(JsonNode config) {
    JsonNode template = config.path("chat_template");
    if (template.isTextual()) {
      return Optional.of(template.textValue());
    }
    for (JsonNode named : template) {
      if (named.path("name").asText().equals("default") && named.path("template").isTextual()) {
        return Optional.of(named.path("template").textValue());
      }
    }
    return Optional.empty();
  }

  private static RenderOptions options(JsonNode config, Path specialTokens) {
    TreeMap<String, String> tokens = new TreeMap<>();
    // The tokenizer's own file goes last: where both name a token, transformers takes that.
    for (JsonNode file : new JsonNode[] {json(specialTokens), config}) {
      file.properties()
          .forEach(
              entry -> {
                JsonNode token = entry.getValue();
                JsonNode text = token.isObject() ? token.path("content") : token;
                if (entry.getKey().endsWith(TOKEN) && text.isTextual()) {
                  tokens.put(entry.getKey(), text.textValue());
                }
              });
    }
    return RenderOptions.DEFAULTS
        .withBosToken(tokens.get("bos_token"))
        .withEosToken(tokens.get("eos_token"))
        .withSpecialTokens(tokens);
  }

  private static JsonNode json(Path file) {
    if (!Files.isRegularFile(file)) {
      return JSON.createObjectNode();
    }
    try {
      return JSON.readTree(read(file));
    } catch (JsonProcessingException e) {
      throw new ChatTemplateException(
          "%s is not JSON: copy it again from where the model comes from".formatted(file), e);
    }
  }

  private static String read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ChatTemplateException(
            "%s has more than %s bytes: it is no file of a tokenizer".formatted(file, MAX_BYTES),
            null);
      }
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ChatTemplateException(
          "%s is not UTF-8: copy it again from where the model comes from".formatted(file), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }
}
