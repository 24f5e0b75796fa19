package io.gapo.runtime.scoring;

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

  /** The largest differences; that in half precision in units of PyTorch's own. */
  private static final class Differences {
    double scores = Double.NaN;
    double halfScores = Double.NaN;
  }

  @TempDir Path directory = Path.of("set by JUnit");

  @AfterAll
  static void report() {
    System.out.println("\n| Score model | scores | bf16 scores |");
    System.out.println("|---|---|---|");
    TABLE.forEach(
        (name, row) ->
            System.out.printf("| %s | %.1e | %.2f |%n", name, row.scores, row.halfScores));
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
  void scoresInHalfPrecisionNoFurtherOffThanPyTorch(ParityFixture fixture) throws IOException {
    double error = worst(fixture, new TorchSettings("cpu", DataType.BF16, 1));

    row(fixture).halfScores = error / fixture.inHalfPrecision("scores.error")[0];
    assertThat(row(fixture).halfScores).isLessThan(2);
  }

  private double worst(ParityFixture fixture, TorchSettings torch) throws IOException {
    for (String file : List.of(LlamaConfig.FILE, PretrainedTensors.FILE)) {
      Files.copy(fixture.directory().resolve(file), directory.resolve(file));
    }
    WordTokenizedModel.writeTokenizer(directory, 256);
    ScorerSettings settings = ScorerSettings.of(new PromptTemplate("{prompt}"), false);
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
