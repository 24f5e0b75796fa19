package io.gapo.ops.cli;

import com.typesafe.config.Config;
import io.gapo.core.rollout.Prompt;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.ObjectiveConfig;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import io.gapo.ops.config.PartSettings;
import io.gapo.ops.config.StartChecks;
import io.gapo.ops.display.UntrustedText;
import io.gapo.ops.feed.FilePrompts;
import io.gapo.ops.feed.FilePrompts.Entry;
import io.gapo.ops.model.NamedModels;
import io.gapo.runtime.text.TemplatedText;
import io.gapo.runtime.text.TemplatedText.Stretch;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.text.UnreadableConversationException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gapo prompt show}: the text and the tokens that the policy and the score models read. */
@Command(
    name = "show",
    description = {
      "Prints the text and the tokens that the policy and the score models read of a prompt.",
      "A wrong template trains for days without an error. Loads tokenizers only; needs no broker."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class PromptShowCommand implements Callable<Integer> {

  private static final char PLAIN_BEGINS = '⟦';
  private static final char PLAIN_ENDS = '⟧';

  @Parameters(paramLabel = "FILE", description = "Prompts, as gapo feed reads them.")
  private Path file = Path.of("");

  @ArgGroup(exclusive = false, validate = false, heading = "%nWhat the rows are:%n")
  private RowShapeOptions rows = new RowShapeOptions();

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "How many prompts are shown (default: ${DEFAULT-VALUE}).")
  private int limit = 3;

  @Option(
      names = "--response",
      paramLabel = "TEXT",
      description = "The response that the score models judge (default: ${DEFAULT-VALUE}).")
  private String response = "An example response.";

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Objects.requireNonNull(spec);
    PrintWriter out = command.commandLine().getOut();
    Config root = NamedModels.fromEnvironment().resolve(settings.load());
    GapoConfig config = GapoConfig.from(root);
    StartChecks.requireModels(root, config);
    PartSettings parts = new PartSettings(config);
    boolean whole = true;
    try (FilePrompts prompts =
        FilePrompts.open(
            file, rows.shape(command), decided -> out.println(decided.of(file.toString())))) {
      for (int shown = 0; shown < limit; shown++) {
        Optional<Entry> row = prompts.next();
        if (row.isEmpty()) {
          break;
        }
        whole &= show(parts, config, row.get(), out);
      }
    }
    out.flush();
    return whole ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private boolean show(PartSettings parts, GapoConfig config, Entry row, PrintWriter out) {
    if (row.prompt().isEmpty()) {
      out.println("row %s is no prompt: %s".formatted(row.number(), row.problem()));
      return false;
    }
    Prompt prompt = row.prompt().get();
    out.println("row %s".formatted(row.number()));
    boolean readable;
    try (TextCodec codec = parts.policyReader()) {
      Prompt asked = parts.sampler().preferences().complete(prompt);
      readable =
          print(
              "policy " + config.policyPath(),
              codec,
              () -> parts.sampler().preferences().around(codec.format(), asked),
              out);
    }
    for (ObjectiveConfig objective : config.objectives()) {
      if (objective.scoring() instanceof LearnedModel model) {
        try (TextCodec codec = parts.scorerReader(model)) {
          readable &=
              print(
                  "%s %s".formatted(objective.name(), model.directory()),
                  codec,
                  () -> codec.format().answered(prompt.history(), prompt.text(), response),
                  out);
        }
      } else {
        out.println(
            "  %s is no model here: it reads the texts themselves".formatted(objective.name()));
      }
    }
    return readable;
  }

  private static String marked(String text, List<Stretch> plain) {
    StringBuilder marked = new StringBuilder();
    int at = 0;
    for (Stretch each : plain) {
      marked
          .append(text, at, each.from())
          .append(PLAIN_BEGINS)
          .append(text, each.from(), each.to())
          .append(PLAIN_ENDS);
      at = each.to();
    }
    return marked.append(text, at, text.length()).toString();
  }

  private static boolean print(
      String reader, TextCodec codec, Supplier<TemplatedText> text, PrintWriter out) {
    try {
      TemplatedText read = text.get();
      int[] tokens = codec.encode(read);
      out.println("  %s reads %s tokens:".formatted(reader, tokens.length));
      List<Stretch> plain = codec.plainNames(read);
      marked(read.whole(), plain)
          .lines()
          .forEach(each -> out.println("    | " + UntrustedText.escaped(each)));
      if (!plain.isEmpty()) {
        out.println(
            "    %s…%s is plain text to the model, and no special token: the template did not write it"
                .formatted(PLAIN_BEGINS, PLAIN_ENDS));
      }
      out.println(
          "    "
              + Arrays.stream(tokens).mapToObj(String::valueOf).collect(Collectors.joining(" ")));
      return true;
    } catch (UnreadableConversationException e) {
      out.println("  %s cannot read it: %s".formatted(reader, e.getMessage()));
      return false;
    }
  }
}
