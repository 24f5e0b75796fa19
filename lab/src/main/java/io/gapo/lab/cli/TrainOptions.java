package io.gapo.lab.cli;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.settings.Bounds;
import io.gapo.core.settings.InvalidSettingException;
import io.gapo.lab.training.TrainingSettings;
import io.gapo.ops.cli.WrittenTypeOption;
import io.gapo.ops.feed.HeldOutShare;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of every training. */
final class TrainOptions {

  private static final double RATE_OF_MODEL = 2e-5;
  private static final double RATE_OF_ADAPTER = 2e-4;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      required = true,
      description = "Directory of the model to start from, or its name on the hub.")
  String model = "";

  @Option(
      names = "--data",
      paramLabel = "FILE",
      required = true,
      description = "JSON lines, in gzip or not, or Parquet; see below for the rows.")
  Path data = Path.of("");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = {
        "Directory to write the model to. A training that was stopped continues from its last",
        "checkpoint there when the command is given again."
      })
  private Path target = Path.of("");

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description = "The field or column with the prompt, if not one of those below.")
  private @Nullable String column;

  @Option(
      names = "--template",
      paramLabel = "TEXT",
      description = {
        "What the model reads around a prompt, with {prompt} in its place, for models without a chat",
        "template (default: the model's own chat template)."
      })
  private @Nullable String template;

  @Option(
      names = "--held-out",
      paramLabel = "SHARE",
      defaultValue = "0.05",
      description = {
        "Share of the prompts that is measured on and never trained on; the hash of the text decides,",
        "as for 'gapo feed --held-out' (default: ${DEFAULT-VALUE})."
      })
  private double heldOut;

  @Option(
      names = "--held-out-limit",
      paramLabel = "N",
      defaultValue = "500",
      description = "Examples that are measured on at most (default: ${DEFAULT-VALUE}).")
  int heldOutLimit;

  @Option(
      names = "--measure-every",
      paramLabel = "STEPS",
      defaultValue = "100",
      description =
          "Steps between measurements; 0 measures in the end only (default: ${DEFAULT-VALUE}).")
  private int measureEvery;

  @Option(
      names = "--checkpoint-every",
      paramLabel = "STEPS",
      defaultValue = "100",
      description = "Steps between checkpoints (default: ${DEFAULT-VALUE}).")
  int checkpointEvery;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "1",
      description = "How often every example is seen (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "16",
      description = "Examples a step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--learning-rate",
      paramLabel = "RATE",
      description = {
        "The highest; a cosine leads from it to zero (default: 2e-5, of an adapter 2e-4)."
      })
  private @Nullable Double learningRate;

  @Option(
      names = "--warm-up",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description = "Share of the steps in which the rate rises (default: ${DEFAULT-VALUE}).")
  private double warmUp;

  @Option(
      names = "--lora-rank",
      paramLabel = "R",
      description = {
        "Trains an adapter of this rank on all projections (a score head as a whole), and merges it",
        "when the model is written (default: the whole model is trained)."
      })
  private @Nullable Integer loraRank;

  @Option(
      names = "--lora-alpha",
      paramLabel = "A",
      defaultValue = "16",
      description = "What the adapter adds is scaled by A / R (default: ${DEFAULT-VALUE}).")
  private double loraAlpha;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "1024",
      description = {
        "Of an example, prompt and answer, and no more than the model reads; longer ones are skipped",
        "and counted, since half an answer teaches what nobody said (default: ${DEFAULT-VALUE})."
      })
  private int maxTokens;

  @Option(
      names = "--micro-batch-tokens",
      paramLabel = "N",
      defaultValue = "2048",
      description = {
        "Tokens that go through the model together, padding included: less takes less memory, and",
        "gives the same up to rounding (default: ${DEFAULT-VALUE})."
      })
  private int microBatchTokens;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Of the order of examples, and of an adapter (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private WrittenTypeOption written = new WrittenTypeOption();

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu, cuda or cuda:N (default: ${DEFAULT-VALUE}).")
  private String device = "cpu";

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "CPU threads; 0 leaves it to PyTorch (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--skipped",
      paramLabel = "FILE",
      description = "Writes every skipped row's number, reason and detail there, as JSON lines.")
  @Nullable Path skipped;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Writes counts and measurements there, for scripts.")
  @Nullable Path json;

  Path target() {
    return target;
  }

  Optional<String> column() {
    return Optional.ofNullable(column);
  }

  HeldOutShare heldOut() {
    Bounds.fractionBelowOne("held-out", heldOut);
    return new HeldOutShare(heldOut);
  }

  Optional<PromptTemplate> template() {
    return Optional.ofNullable(template).map(PromptTemplate::new);
  }

  private Optional<LoraSettings> lora() {
    return Optional.ofNullable(loraRank)
        .map(rank -> new LoraSettings(rank, loraAlpha, LoraSettings.TARGETS));
  }

  TrainingSettings settings() {
    double usual = loraRank == null ? RATE_OF_MODEL : RATE_OF_ADAPTER;
    return new TrainingSettings(
        epochs,
        batch,
        learningRate == null ? usual : learningRate,
        warmUp,
        AdamWSettings.DEFAULT,
        seed,
        written.dataType(),
        lora(),
        OptionalInt.of(maxTokens),
        microBatchTokens,
        measureEvery);
  }

  TorchSettings torch() {
    return new TorchSettings(device, DataType.F32, threads);
  }

  /** All that a trained model depends on beside model and data, by option. */
  Map<String, String> decisive() {
    TrainingSettings settings = settings();
    Map<String, String> decisive = new LinkedHashMap<>();
    decisive.put("--template", template == null ? "the model's own" : template);
    decisive.put("--epochs", String.valueOf(epochs));
    decisive.put("--batch", String.valueOf(batch));
    decisive.put("--learning-rate", String.valueOf(settings.learningRate()));
    decisive.put("--warm-up", String.valueOf(warmUp));
    decisive.put("--lora-rank", loraRank == null ? "none" : String.valueOf(loraRank));
    decisive.put("--lora-alpha", loraRank == null ? "none" : String.valueOf(loraAlpha));
    decisive.put("--seed", String.valueOf(seed));
    return decisive;
  }

  /**
   * What is made of the options.
   *
   * @throws ParameterException naming the option that has a value it cannot have
   */
  <T> T checked(CommandSpec command, Supplier<T> made) {
    try {
      Bounds.atLeast("checkpoint-every", checkpointEvery, 1);
      Bounds.atLeast("held-out-limit", heldOutLimit, 0);
      heldOut();
      return made.get();
    } catch (InvalidSettingException e) {
      throw new ParameterException(
          command.commandLine(), "--%s %s".formatted(option(command, e.setting()), e.problem()), e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** LoRA's settings have shorter names of their own. */
  private static String option(CommandSpec command, String setting) {
    boolean own = command.optionsMap().containsKey("--" + setting);
    return own ? setting : "lora-" + setting;
  }
}
