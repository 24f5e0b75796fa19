package io.gapo.lab.cli;

import io.gapo.lab.world.Split;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The option by which an evaluating command is told whose prompts to ask. */
public final class ExamOptions {

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      defaultValue = "held-out",
      description =
          "Topics of the prompts: held-out, or validation to choose settings by (default:"
              + " ${DEFAULT-VALUE}).")
  private String splitText = Split.HELD_OUT.text();

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  /**
   * The topics.
   *
   * @throws ParameterException if there are none of this name, or models are trained on them
   */
  Split split() {
    return Arrays.stream(Split.values())
        .filter(split -> split != Split.TRAIN && split.text().equals(splitText))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--split must be held-out or validation, was '%s'".formatted(splitText)));
  }
}
