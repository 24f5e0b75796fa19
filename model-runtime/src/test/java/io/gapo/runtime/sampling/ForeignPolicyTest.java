package io.gapo.runtime.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.SpecialTokens;
import io.gapo.runtime.llama.TinyModel;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.SentencePieceTokenizer;
import io.gapo.runtime.text.SentencePieceTokenizer.Style;
import io.gapo.runtime.text.UnsupportedTokenizerException;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sampling from directories in which files say different things. */
class ForeignPolicyTest {

  private static final PromptTemplate TEMPLATE = new PromptTemplate("USER: {prompt} ASSISTANT:");
  private static final Prompt KNOWN = new Prompt("q", "the cat");

  @TempDir Path policy = Path.of("set by JUnit");

  @BeforeEach
  void write() {
    TinyModel.write(policy, TinyModel.config(2), OutputLayer.VOCABULARY, 3);
  }

  private ContinuousBatchSampler open() {
    SamplerSettings settings = new SamplerSettings(1, 40, 8, 1, TEMPLATE);
    return ContinuousBatchSampler.open(policy, settings, TorchSettings.cpu(1));
  }

  @Test
  void rejectsAPromptWithATokenThatThePolicyDoesNotKnow() throws IOException {
    TinyModel.addToken(policy, "<more>");
    Prompt unknown = new Prompt("p", "the <more> cat");

    try (ContinuousBatchSampler sampler = open()) {
      assertThat(sampler.rejection(KNOWN)).isEmpty();
      assertThat(sampler.rejection(unknown).orElseThrow())
          .contains(policy.resolve("tokenizer.json").toString(), "token '<more>' is 280");
      assertThatThrownBy(() -> sampler.admit(List.of(new SampleRequest(unknown, 0, 1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("token '<more>' is 280");
      assertThat(sampler.activeSequences()).isZero();
    }
  }

  @Test
  void isNotOpenedWithATemplateWhoseTokenThePolicyDoesNotKnow() throws IOException {
    TinyModel.addToken(policy, "ASSISTANT:");

    assertThatThrownBy(() -> open())
        .isInstanceOf(UnsupportedTokenizerException.class)
        .hasMessageContaining("token 'ASSISTANT:' is 280");
  }

  @Test
  void endsAResponseAtAnEndOfTheGenerationConfiguration() throws IOException {
    String others =
        IntStream.range(0, TinyModel.VOCABULARY)
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(","));
    Files.writeString(
        policy.resolve("generation_config.json"), "{\"eos_token_id\": [%s]}".formatted(others));

    try (ContinuousBatchSampler sampler = open()) {
      sampler.admit(List.of(new SampleRequest(KNOWN, 0, 1)));

      assertThat(sampler.step())
          .extracting(Rollout::finishReason)
          .containsExactly(FinishReason.END_OF_SEQUENCE);
    }
  }

  @Test
  void keepsTheSpaceBetweenPromptAndResponse() {
    SentencePieceTokenizer tokenizer =
        new SentencePieceTokenizer(Style.LEGACY, "USER", "ASSISTANT", "the", "cat", "sat", "on");
    SpecialTokens special = new SpecialTokens(OptionalInt.of(1), List.of(2), OptionalInt.empty());
    TinyModel.write(policy, TinyModel.config(tokenizer.size(), special), OutputLayer.VOCABULARY, 3);
    tokenizer.write(policy);
    double anyToken = 100;
    SamplerSettings settings = new SamplerSettings(64, 40, 8, anyToken, TEMPLATE);
    try (ContinuousBatchSampler sampler =
        ContinuousBatchSampler.open(policy, settings, TorchSettings.cpu(1))) {
      sampler.admit(IntStream.range(0, 64).mapToObj(i -> new SampleRequest(KNOWN, i, i)).toList());
      List<Rollout> rollouts = new ArrayList<>();
      while (sampler.activeSequences() > 0) {
        rollouts.addAll(sampler.step());
      }

      assertThat(rollouts)
          .allSatisfy(
              rollout ->
                  assertThat(rollout.response().startsWith(" "))
                      .isEqualTo(tokenizer.piece(rollout.responseTokens()[0]).startsWith("▁")))
          .anySatisfy(rollout -> assertThat(rollout.response()).startsWith(" "));
    }
  }
}
