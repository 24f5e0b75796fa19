package io.gapo.runtime.llama;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigDifferenceTest {

  @ParameterizedTest
  @MethodSource("io.gapo.runtime.llama.ParityFixture#policies")
  void aModelDoesNotDifferFromItself(ParityFixture fixture) {
    assertThat(
            ConfigDifference.between(
                LlamaConfig.read(fixture.directory()), LlamaConfig.read(fixture.directory())))
        .isEmpty();
  }

  @Test
  void namesTheFirstKeyThatDiffers() {
    LlamaConfig plain = config(10_000, List.of(2));

    assertThat(ConfigDifference.between(plain, config(500_000, List.of(3))))
        .contains(new ConfigDifference("rope_theta", "10000.0", "500000.0"));
    assertThat(ConfigDifference.between(plain, config(10_000, List.of(2, 3))))
        .contains(new ConfigDifference("eos_token_id", "[2]", "[2, 3]"));
    assertThat(
            ConfigDifference.between(
                LlamaConfig.read(ParityFixture.named("llama2").directory()),
                LlamaConfig.read(ParityFixture.named("qwen2").directory())))
        .contains(new ConfigDifference("model_type", "llama", "qwen2"));
  }

  @Test
  void passesOverPaddingWhichChangesNoAnswer() {
    LlamaConfig padded =
        new LlamaConfig(8, 4, 4, 1, 2, 1, 2, 1e-5, 10_000, false, 16, tokens(List.of(2), 7));

    assertThat(ConfigDifference.between(config(10_000, List.of(2)), padded)).isEmpty();
  }

  private static LlamaConfig config(double theta, List<Integer> ends) {
    return new LlamaConfig(8, 4, 4, 1, 2, 1, 2, 1e-5, theta, false, 16, tokens(ends, 0));
  }

  private static SpecialTokens tokens(List<Integer> ends, int padding) {
    return new SpecialTokens(OptionalInt.of(1), ends, OptionalInt.of(padding));
  }
}
