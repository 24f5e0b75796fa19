package io.gapo.chat;

import java.time.Clock;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a template sees beside the messages.
 *
 * @param addGenerationPrompt whether the text ends where an assistant's answer begins
 * @param bosToken what a model's texts begin with, or null if its tokenizer has none
 * @param eosToken what a model's texts end with, or null if its tokenizer has none
 * @param specialTokens further ones by the tokenizer's names for them, such as {@code pad_token}
 * @param variables further ones that the template knows, such as {@code tools} and {@code
 *     enable_thinking}, as JSON has them
 * @param plainTokens tokens that stay plain text where the conversation, not the template, has
 *     them: {@link RenderedChat#parts} tells them apart
 * @param clock of {@code strftime_now}
 */
public record RenderOptions(
    boolean addGenerationPrompt,
    @Nullable String bosToken,
    @Nullable String eosToken,
    Map<String, String> specialTokens,
    Map<String, ?> variables,
    Set<String> plainTokens,
    Clock clock) {

  /** Options with a generation prompt, and nothing else. */
  public static final RenderOptions DEFAULTS =
      new RenderOptions(
          true, null, null, Map.of(), Map.of(), Set.of(), Clock.system(ZoneId.systemDefault()));

  public RenderOptions {
    specialTokens = Map.copyOf(specialTokens);
    variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
    plainTokens = Set.copyOf(plainTokens);
    if (plainTokens.contains("")) {
      throw new IllegalArgumentException("a token must not be empty");
    }
  }

  public RenderOptions withGenerationPrompt(boolean added) {
    return new RenderOptions(
        added, bosToken, eosToken, specialTokens, variables, plainTokens, clock);
  }

  public RenderOptions withBosToken(@Nullable String token) {
    return new RenderOptions(
        addGenerationPrompt, token, eosToken, specialTokens, variables, plainTokens, clock);
  }

  public RenderOptions withEosToken(@Nullable String token) {
    return new RenderOptions(
        addGenerationPrompt, bosToken, token, specialTokens, variables, plainTokens, clock);
  }

  public RenderOptions withSpecialTokens(Map<String, String> tokens) {
    return new RenderOptions(
        addGenerationPrompt, bosToken, eosToken, tokens, variables, plainTokens, clock);
  }

  public RenderOptions withVariables(Map<String, ?> values) {
    return new RenderOptions(
        addGenerationPrompt, bosToken, eosToken, specialTokens, values, plainTokens, clock);
  }

  public RenderOptions withPlainTokens(Set<String> tokens) {
    return new RenderOptions(
        addGenerationPrompt, bosToken, eosToken, specialTokens, variables, tokens, clock);
  }

  public RenderOptions withClock(Clock its) {
    return new RenderOptions(
        addGenerationPrompt, bosToken, eosToken, specialTokens, variables, plainTokens, its);
  }

  /** By their names in a template; what the caller sets goes before what is usual. */
  Map<String, Object> asVariables() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("add_generation_prompt", addGenerationPrompt);
    all.put("tools", null);
    all.put("documents", null);
    all.putAll(specialTokens);
    if (bosToken != null) {
      all.put("bos_token", bosToken);
    }
    if (eosToken != null) {
      all.put("eos_token", eosToken);
    }
    all.putAll(variables);
    return all;
  }
}
