package io.gapo.runtime.scoring;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.ParityFixture;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Score models of every family and layout against transformers. Prints how far off each was at
 * worst.
 */
class ScoreParityTest {

  private static final double TOLERANCE = 1e-4;

  /** Name of a fixture to its row. */
  private static final Map<String, Differences> TABLE = new TreeMap<>();

  /** The largest differences; those in two bytes in units of PyTorch's own in bfloat16. */
  private static final class Differences {
    double scores = Double.NaN;
    final Map<DataType, Double> rounded = new EnumMap<>(DataType.class);
  }

  @TempDir Path directory = Path.of("set by JUnit");

  @AfterAll
  static void report() {
    System.out.println("\n| Score model | scores | bf16 scores | f16 scores |");
    System.out.println("|---|---|---|---|");
    TABLE.forEach(
        (name, row) ->
            System.out.printf(
                "| %s | %.1e | %.2f | %.2f |%n",
                name, row.scores, row.rounded.get(DataType.BF16), row.rounded.get(DataType.F16)));
  }

  private static Differences row(ParityFixture fixture) {
    return TABLE.computeIfAbsent(fixture.name(), name -> new Differences());
  }

  @ParameterizedTest
  @MethodSource("io.gapo.runtime.llama.ParityFixture#scorers")
  void givesTheScoresOfTransformers(ParityFixture fixture) throws IOException {
    row(fixture).scores = worst(fixture, TorchSettings.cpu(1));

    assertThat(row(fixture).scores).isLessThan(TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("io.gapo.runtime.llama.ParityFixture#scorers")
  void roundsNoWorseThanPyTorch(ParityFixture fixture) throws IOException {
    double ofPyTorch = fixture.inHalfPrecision("scores.error")[0];
    for (DataType dataType : ParityFixture.ROUNDING.keySet()) {
      double error = worst(fixture, new TorchSettings("cpu", dataType, 1)) / ofPyTorch;

      row(fixture).rounded.put(dataType, error);
      assertThat(error).as("in %s", dataType).isLessThan(ParityFixture.ROUNDING.get(dataType));
    }
  }

  private double worst(ParityFixture fixture, TorchSettings torch) throws IOException {
    for (String file : List.of(LlamaConfig.FILE, PretrainedTensors.FILE)) {
      Files.copy(fixture.directory().resolve(file), directory.resolve(file), REPLACE_EXISTING);
    }
    WordTokenizedModel.writeTokenizer(directory, 256);
    ScorerSettings settings = new ScorerSettings(new PromptTemplate("{prompt}"), false, 16_384);
    long[] ids = fixture.ids();
    try (TorchObjectiveModel scorer =
        TorchObjectiveModel.open("helpful", directory, settings, torch)) {
      double[] scores =
          scorer.score(WordTokenizedModel.rollouts(ids, ids.length / ParityFixture.ROWS));

      float[] expected = fixture.expected("scores");
      double worst = 0;
      for (int i = 0; i < scores.length; i++) {
        worst = Math.max(worst, Math.abs(scores[i] - expected[i]));
      }
      return worst;
    }
  }
}
