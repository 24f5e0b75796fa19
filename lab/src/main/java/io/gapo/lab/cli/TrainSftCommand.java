package io.gapo.lab.cli;

import io.gapo.lab.examples.DemonstrationReader;
import io.gapo.lab.training.SupervisedTraining;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gapo train sft}: supervised fine-tuning on demonstrations. */
@Command(
    name = "sft",
    description = {
      "Teaches a model to answer as demonstrated. The loss is over the answer's tokens and the one",
      "that ends it; of a conversation, over the last answer only."
    },
    footer = {
      "",
      "A row has 'prompt' and 'response' (or 'completion'), or a conversation that ends with the",
      "assistant's answer in 'messages' or 'conversations', or it is a pair as 'gapo train reward'",
      "reads it, of which the better answer is demonstrated."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrainSftCommand implements Callable<Integer> {

  @Mixin private final TrainOptions options = new TrainOptions();

  @Option(
      names = "--response-column",
      paramLabel = "NAME",
      description = "The field or column with the answer, if not one of those below.")
  private @Nullable String responseColumn;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Objects.requireNonNull(spec);
    DemonstrationReader reader =
        new DemonstrationReader(options.column(), Optional.ofNullable(responseColumn));
    SupervisedTraining training =
        options.checked(
            command,
            () -> new SupervisedTraining(options.template(), options.settings(), options.torch()));
    return new TrainRun<>(command, options, reader)
        .run(
            Map.of(),
            (start, examples, checkpoints, progress) ->
                training.tune(
                    start, options.target(), examples, Optional.of(checkpoints), progress));
  }
}
