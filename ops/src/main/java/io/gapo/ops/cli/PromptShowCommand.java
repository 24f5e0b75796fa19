package io.gapo.ops.cli;

import com.typesafe.config.Config;
import io.gapo.core.rollout.Prompt;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.ObjectiveConfig;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import io.gapo.ops.config.PartSettings;
import io.gapo.ops.config.StartChecks;
import io.gapo.ops.display.UntrustedText;
import io.gapo.ops.model.NamedModels;
import io.gapo.runtime.text.TemplatedText;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.text.UnreadableConversationException;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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

  @Parameters(
      paramLabel = "FILE",
      description = "Prompts, one JSON object a line, as gapo feed reads them.")
  private Path file = Path.of("");

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
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Config root = NamedModels.fromEnvironment().resolve(settings.load());
    GapoConfig config = GapoConfig.from(root);
    StartChecks.requireModels(root, config);
    PartSettings parts = new PartSettings(config);
    PromptJson json = new PromptJson(PromptLimits.DEFAULT);
    boolean whole = true;
    int shown = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      for (int number = 1; line != null && shown < limit; number++, line = lines.readLine()) {
        if (!line.isBlank()) {
          whole &= show(parts, config, json, line, number, out);
          shown++;
        }
      }
    } catch (CharacterCodingException e) {
      throw new CommandFailedException(
          "%s is not UTF-8 text: prompts are lines of JSON in UTF-8".formatted(file));
    }
    out.flush();
    if (shown == 0 && limit > 0) {
      throw new CommandFailedException("%s holds no prompts".formatted(file));
    }
    return whole ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private boolean show(
      PartSettings parts,
      GapoConfig config,
      PromptJson json,
      String line,
      int number,
      PrintWriter out) {
    Prompt prompt;
    try {
      RecordCoordinates at = new RecordCoordinates(file.toString(), "", 0, number);
      prompt = json.decode(new RawRecord(at, null, line.getBytes(StandardCharsets.UTF_8)));
    } catch (MalformedRecordException e) {
      out.println("line %s is no prompt: %s".formatted(number, e.getMessage()));
      return false;
    }
    out.println("line %s".formatted(number));
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

  private static boolean print(
      String reader, TextCodec codec, Supplier<TemplatedText> text, PrintWriter out) {
    try {
      TemplatedText read = text.get();
      int[] tokens = codec.encode(read);
      out.println("  %s reads %s tokens:".formatted(reader, tokens.length));
      read.whole().lines().forEach(each -> out.println("    | " + UntrustedText.escaped(each)));
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
