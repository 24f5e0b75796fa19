package io.gapo.core.rollout;

import io.gapo.core.policy.PolicyVersion;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One response sampled from the policy, with all that training on it later needs.
 *
 * <p>With T response tokens, the three per-token arrays have shape (T). They are copied on the way
 * in; callers must not write to what the accessors return.
 *
 * @param prompt the prompt's text, without template
 * @param response the decoded response, without the end-of-sequence token
 * @param promptTokens the templated prompt as the policy saw it
 * @param responseTokens the sampled tokens, the end-of-sequence token included if there is one
 * @param behaviorLogProbs log-probability in nats of each token under the very distribution it was
 *     sampled from, temperature included
 * @param versions the number of the policy version that produced each token; in-flight adoption
 *     makes them differ within one rollout, never decrease
 * @param seed of the random stream it was sampled with
 * @param preference that the policy was asked to answer with, if any
 * @param notes of the prompt, for the scorers
 * @param history of the conversation that the prompt continues, see {@link Prompt#history}
 */
public record Rollout(
    String promptId,
    int sampleIndex,
    String prompt,
    String response,
    int[] promptTokens,
    int[] responseTokens,
    float[] behaviorLogProbs,
    long[] versions,
    FinishReason finishReason,
    long seed,
    Optional<PromptPreference> preference,
    PromptNotes notes,
    List<ChatMessage> history) {

  public Rollout {
    history = List.copyOf(history);
    promptTokens = promptTokens.clone();
    responseTokens = responseTokens.clone();
    behaviorLogProbs = behaviorLogProbs.clone();
    versions = versions.clone();
    int tokens = responseTokens.length;
    if (promptTokens.length == 0) {
      throw new IllegalArgumentException("a rollout needs at least one prompt token");
    }
    if (tokens == 0) {
      throw new IllegalArgumentException("a rollout needs at least one response token");
    }
    if (behaviorLogProbs.length != tokens || versions.length != tokens) {
      throw new IllegalArgumentException(
          "expected %s log-probabilities and versions, one a response token, was %s and %s"
              .formatted(tokens, behaviorLogProbs.length, versions.length));
    }
  }

  /** A rollout of a prompt that says nothing but its text. */
  public Rollout(
      String promptId,
      int sampleIndex,
      String prompt,
      String response,
      int[] promptTokens,
      int[] responseTokens,
      float[] behaviorLogProbs,
      long[] versions,
      FinishReason finishReason,
      long seed) {
    this(
        promptId,
        sampleIndex,
        prompt,
        response,
        promptTokens,
        responseTokens,
        behaviorLogProbs,
        versions,
        finishReason,
        seed,
        Optional.empty(),
        PromptNotes.NONE,
        List.of());
  }

  /** A rollout of a prompt that continues no conversation. */
  public Rollout(
      String promptId,
      int sampleIndex,
      String prompt,
      String response,
      int[] promptTokens,
      int[] responseTokens,
      float[] behaviorLogProbs,
      long[] versions,
      FinishReason finishReason,
      long seed,
      Optional<PromptPreference> preference,
      PromptNotes notes) {
    this(
        promptId,
        sampleIndex,
        prompt,
        response,
        promptTokens,
        responseTokens,
        behaviorLogProbs,
        versions,
        finishReason,
        seed,
        preference,
        notes,
        List.of());
  }

  /** The id of sample {@code sampleIndex} of a prompt. */
  public static String id(String promptId, int sampleIndex) {
    return promptId + "#" + sampleIndex;
  }

  /** The id of the prompt that the rollout of this id answers. */
  public static String promptId(String rolloutId) {
    int end = rolloutId.lastIndexOf('#');
    if (end < 1) {
      throw new IllegalArgumentException("'%s' is not a rollout id".formatted(rolloutId));
    }
    return rolloutId.substring(0, end);
  }

  public String id() {
    return id(promptId, sampleIndex);
  }

  /** The oldest policy version that produced one of its tokens: what staleness is measured by. */
  public PolicyVersion oldestVersion() {
    return new PolicyVersion(Arrays.stream(versions).min().orElseThrow());
  }

  /**
   * SHA-256 over everything in it, in hex: tells two samplings under one id apart, so that a score
   * is joined only with the very text that it scored.
   */
  public String digest() {
    MessageDigest sha = sha256();
    updateText(sha, promptId);
    updateText(sha, prompt);
    updateText(sha, response);
    updateText(sha, finishReason.name());
    int bytes =
        4 * (1 + promptTokens.length + 2 * responseTokens.length) + 8 * (1 + versions.length);
    ByteBuffer numbers = ByteBuffer.allocate(bytes);
    numbers.putInt(sampleIndex);
    for (int token : promptTokens) {
      numbers.putInt(token);
    }
    for (int token : responseTokens) {
      numbers.putInt(token);
    }
    for (float logProb : behaviorLogProbs) {
      numbers.putFloat(logProb);
    }
    for (long version : versions) {
      numbers.putLong(version);
    }
    numbers.putLong(seed);
    sha.update(numbers.flip());
    preference.ifPresent(asked -> updatePreference(sha, asked));
    updateNotes(sha, notes);
    updateHistory(sha, history);
    return HexFormat.of().formatHex(sha.digest());
  }

  private static void updatePreference(MessageDigest sha, PromptPreference preference) {
    for (Map.Entry<String, Double> share : preference.shares().entrySet()) {
      updateText(sha, share.getKey());
      sha.update(ByteBuffer.allocate(8).putDouble(share.getValue()).flip());
    }
  }

  /** What is absent adds nothing: digests made before there were notes stay as they are. */
  private static void updateNotes(MessageDigest sha, PromptNotes notes) {
    notes.label().ifPresent(label -> updateText(sha, "label=" + label));
    notes.metadata().ifPresent(metadata -> updateText(sha, "metadata=" + metadata));
  }

  /** An empty one adds nothing, as with notes. */
  static void updateHistory(MessageDigest sha, List<ChatMessage> history) {
    for (ChatMessage message : history) {
      updateText(sha, message.role());
      updateText(sha, message.content());
    }
  }

  private static void updateText(MessageDigest sha, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    sha.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
    sha.update(bytes);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Rollout that && digest().equals(that.digest());
  }

  @Override
  public int hashCode() {
    return id().hashCode();
  }

  @Override
  public String toString() {
    return "Rollout[%s, %s tokens, from %s]"
        .formatted(id(), responseTokens.length, oldestVersion());
  }
}
