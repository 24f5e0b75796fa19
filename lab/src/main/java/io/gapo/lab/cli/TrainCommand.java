package io.gapo.lab.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gapo train}: the models that alignment starts from, made of one's own data. */
@Command(
    name = "train",
    description = "Trains a policy on demonstrations, or a reward or cost model on preferences.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {TrainSftCommand.class, TrainRewardCommand.class, TrainCostCommand.class})
final class TrainCommand implements Runnable {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(), "Missing command: sft, reward or cost");
  }
}
