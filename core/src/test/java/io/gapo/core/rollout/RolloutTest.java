package io.gapo.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.policy.PolicyVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RolloutTest {

  private static final int[] PROMPT = {1, 2};
  private static final int[] RESPONSE = {3, 4};
  private static final float[] LOG_PROBS = {-0.5f, -1};
  private static final long[] VERSIONS = {7, 8};

  private static final Rollout ROLLOUT =
      new Rollout(
          "p", 3, "ask", "say", PROMPT, RESPONSE, LOG_PROBS, VERSIONS, FinishReason.LENGTH, 9);

  @Test
  void itsIdIsMadeOfPromptAndSample() {
    assertThat(ROLLOUT.id()).isEqualTo("p#3");
    assertThat(ROLLOUT.oldestVersion()).isEqualTo(new PolicyVersion(7));
  }

  @Test
  void anEqualSamplingHasTheSameDigest() {
    Rollout again =
        new Rollout(
            "p", 3, "ask", "say", PROMPT, RESPONSE, LOG_PROBS, VERSIONS, FinishReason.LENGTH, 9);

    assertThat(again).isEqualTo(ROLLOUT).hasSameHashCodeAs(ROLLOUT);
    assertThat(again.digest()).isEqualTo(ROLLOUT.digest()).hasSize(64);
  }

  @Test
  void anyDifferenceChangesTheDigest() {
    FinishReason end = FinishReason.END_OF_SEQUENCE;
    FinishReason length = FinishReason.LENGTH;
    float[] otherLogProbs = {-0.5f, -1.0001f};
    long[] otherVersions = {8, 8};
    int[] otherTokens = {3, 5};

    List<Rollout> others =
        List.of(
            new Rollout("q", 3, "ask", "say", PROMPT, RESPONSE, LOG_PROBS, VERSIONS, length, 9),
            new Rollout("p", 2, "ask", "say", PROMPT, RESPONSE, LOG_PROBS, VERSIONS, length, 9),
            new Rollout("p", 3, "asks", "ay", PROMPT, RESPONSE, LOG_PROBS, VERSIONS, length, 9),
            new Rollout("p", 3, "ask", "says", PROMPT, RESPONSE, LOG_PROBS, VERSIONS, length, 9),
            new Rollout(
                "p", 3, "ask", "say", otherTokens, RESPONSE, LOG_PROBS, VERSIONS, length, 9),
            new Rollout("p", 3, "ask", "say", PROMPT, otherTokens, LOG_PROBS, VERSIONS, length, 9),
            new Rollout("p", 3, "ask", "say", PROMPT, RESPONSE, otherLogProbs, VERSIONS, length, 9),
            new Rollout(
                "p", 3, "ask", "say", PROMPT, RESPONSE, LOG_PROBS, otherVersions, length, 9),
            new Rollout("p", 3, "ask", "say", PROMPT, RESPONSE, LOG_PROBS, VERSIONS, end, 9),
            new Rollout("p", 3, "ask", "say", PROMPT, RESPONSE, LOG_PROBS, VERSIONS, length, 10));

    assertThat(others).extracting(Rollout::digest).doesNotContain(ROLLOUT.digest());
    assertThat(others).doesNotContain(ROLLOUT).doesNotHaveDuplicates();
  }

  @Test
  void copiesWhatItIsGiven() {
    int[] tokens = {3, 4};
    Rollout rollout =
        new Rollout(
            "p", 3, "ask", "say", PROMPT, tokens, LOG_PROBS, VERSIONS, FinishReason.LENGTH, 9);

    tokens[0] = 99;

    assertThat(rollout).isEqualTo(ROLLOUT);
  }

  @Test
  void aReferenceNamesTheVerySampling() {
    assertThat(RolloutReference.to(ROLLOUT))
        .isEqualTo(
            new RolloutReference(
                "p#3", ROLLOUT.digest(), "p", 7, Prompt.textDigest(ROLLOUT.prompt())));
  }

  @Test
  void rejectsArraysThatDoNotBelongTogether() {
    FinishReason end = FinishReason.LENGTH;
    assertThatThrownBy(
            () -> new Rollout("p", 0, "a", "b", PROMPT, RESPONSE, new float[1], VERSIONS, end, 0))
        .hasMessageContaining("expected 2 log-probabilities and versions");
    assertThatThrownBy(
            () -> new Rollout("p", 0, "a", "b", new int[0], RESPONSE, LOG_PROBS, VERSIONS, end, 0))
        .hasMessageContaining("at least one prompt token");
    assertThatThrownBy(
            () ->
                new Rollout("p", 0, "a", "", PROMPT, new int[0], new float[0], new long[0], end, 0))
        .hasMessageContaining("at least one response token");
  }

  @Test
  void aScoredRolloutIsEqualByContent() {
    ScoredRollout scored = new ScoredRollout(ROLLOUT, new double[] {1, 2});

    assertThat(scored)
        .isEqualTo(new ScoredRollout(ROLLOUT, new double[] {1, 2}))
        .hasSameHashCodeAs(new ScoredRollout(ROLLOUT, new double[] {1, 2}))
        .isNotEqualTo(new ScoredRollout(ROLLOUT, new double[] {1, 3}));
    assertThatThrownBy(() -> new ScoredRollout(ROLLOUT, new double[0]))
        .hasMessageContaining("at least one score");
  }

  @Test
  void theDigestCoversThePreference() {
    List<String> digests =
        Stream.of(
                Optional.<PromptPreference>empty(),
                Optional.of(PromptPreference.of(Map.of("a", 0.4, "b", 0.6))),
                Optional.of(PromptPreference.of(Map.of("a", 0.6, "b", 0.4))),
                Optional.of(PromptPreference.of(Map.of("a", 0.4, "c", 0.6))))
            .map(
                preference ->
                    new Rollout(
                            "p",
                            3,
                            "ask",
                            "say",
                            PROMPT,
                            RESPONSE,
                            LOG_PROBS,
                            VERSIONS,
                            FinishReason.LENGTH,
                            9,
                            preference,
                            PromptNotes.NONE)
                        .digest())
            .toList();

    assertThat(digests).doesNotHaveDuplicates();
    assertThat(digests.get(0))
        .isEqualTo(
            new Rollout(
                    "p",
                    3,
                    "ask",
                    "say",
                    PROMPT,
                    RESPONSE,
                    LOG_PROBS,
                    VERSIONS,
                    FinishReason.LENGTH,
                    9)
                .digest());
  }

  @Test
  void theDigestCoversTheNotes() {
    assertThat(
            Stream.of(
                    PromptNotes.NONE,
                    PromptNotes.labelled("4"),
                    PromptNotes.labelled("5"),
                    new PromptNotes(Optional.empty(), Optional.of("4")))
                .map(RolloutTest::noted)
                .map(Rollout::digest))
        .doesNotHaveDuplicates();
  }

  private static Rollout noted(PromptNotes notes) {
    return new Rollout(
        "p",
        3,
        "ask",
        "say",
        PROMPT,
        RESPONSE,
        LOG_PROBS,
        VERSIONS,
        FinishReason.LENGTH,
        9,
        Optional.empty(),
        notes);
  }
}
