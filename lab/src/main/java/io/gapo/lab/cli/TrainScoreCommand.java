package io.gapo.lab.cli;

import io.gapo.lab.examples.PairReader;
import io.gapo.lab.training.PreferenceTraining;
import io.gapo.lab.training.ScoreType;
import io.gapo.runtime.scoring.ScoreLayout;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the commands that train score models share. */
abstract class TrainScoreCommand implements Callable<Integer> {

  private static final String REGULARIZATION = "--regularization";

  private final ScoreType type;

  @Mixin private final TrainOptions options = new TrainOptions();

  @Option(
      names = REGULARIZATION,
      paramLabel = "WEIGHT",
      defaultValue = "0.005",
      description =
          "Of the mean squared score, which keeps scores near 0 (default: ${DEFAULT-VALUE}).")
  private double regularization;

  @Spec private @Nullable CommandSpec spec;

  TrainScoreCommand(ScoreType type) {
    this.type = type;
  }

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Objects.requireNonNull(spec);
    PreferenceTraining training =
        options.checked(
            command,
            () ->
                new PreferenceTraining(
                    options.template(),
                    ScoreLayout.SEQUENCE_CLASSIFICATION,
                    regularization,
                    options.settings(),
                    options.torch()));
    return new TrainRun<>(command, options, new PairReader(type, options.column()))
        .run(
            Map.of(REGULARIZATION, String.valueOf(regularization)),
            (start, examples, checkpoints, progress) ->
                training.train(
                    start, options.target(), type, examples, Optional.of(checkpoints), progress));
  }
}
