package io.gapo.lab.cli;

import com.typesafe.config.Config;
import io.gapo.lab.demo.Bootstrap;
import io.gapo.lab.demo.BootstrapPlan;
import io.gapo.lab.demo.DemoModels;
import io.gapo.lab.training.SupervisedReport;
import io.gapo.ops.cli.OptionBounds;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.config.PartSettings;
import io.gapo.ops.display.LiveLine;
import io.gapo.ops.display.Terminal;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gapo bootstrap}: makes the demo's models. */
@Command(
    name = "bootstrap",
    description = "Makes the demo's policy, reward and cost models from its small world.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BootstrapCommand implements Callable<Integer> {

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where to write them (default: the demo's own).")
  private @Nullable Path directory;

  @Option(
      names = "--seed",
      paramLabel = "SEED",
      defaultValue = "1",
      description = "Seed of corpus, weights and order (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "2",
      description = "CPU threads; 0 leaves it to PyTorch (default: ${DEFAULT-VALUE}).")
  private int threads;

  @Option(
      names = "--keep-policy",
      description = "Make only the score models, for the policy that is in the directory.")
  private boolean keepPolicy;

  @Option(
      names = "--conditioned",
      description =
          "Make only a policy, the demo's own taught to read a preference with the prompt: for"
              + " conditioned-p-gapo. Wants --out.")
  private boolean conditioned;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    OptionBounds.requireAtLeast(spec, "--threads", threads, 0);
    if (conditioned && (directory == null || keepPolicy)) {
      throw new ParameterException(
          spec.commandLine(),
          "--conditioned makes a policy beside the demo's own: give --out, and no --keep-policy");
    }
    Path target = directory == null ? DemoModels.directory() : directory;
    boolean terminal = Terminal.is(Terminal.Stream.OUTPUT);
    LiveLine live = new LiveLine(out, terminal, System::nanoTime);
    Bootstrap bootstrap =
        new Bootstrap(BootstrapPlan.standard(seed), seed, TorchSettings.cpu(threads));
    Bootstrap.Progress progress =
        (phase, step, steps, loss) -> {
          String line =
              String.format(
                  Locale.ROOT,
                  "%s model, step %d of %d, loss %.3f",
                  phase.directory(),
                  step,
                  steps,
                  loss);
          live.show(() -> line);
          if (!terminal && (step % 50 == 0 || step == steps)) {
            out.println(line);
            out.flush();
          }
        };
    if (conditioned) {
      SupervisedReport report =
          bootstrap.runConditionedPolicy(
              DemoModels.directory().resolve(Bootstrap.Phase.POLICY.directory()),
              target,
              preferences(),
              progress);
      live.clear();
      print(out, report);
    } else {
      Bootstrap.Report report =
          keepPolicy ? bootstrap.runScoreModels(target, progress) : bootstrap.run(target, progress);
      live.clear();
      print(out, report);
    }
    out.println("Written to " + target);
    out.flush();
    return ExitCode.OK;
  }

  /** The preferences as the demo's policies read them. */
  private static PreferenceText preferences() {
    Config root = ConfigFiles.load(Optional.empty(), Map.of(), DemoModels.own().settings());
    return new PartSettings(GapoConfig.from(root)).sampler().preferences();
  }

  private static void print(PrintWriter out, Bootstrap.Report report) {
    report.policy().ifPresent(policy -> print(out, policy));
    out.println(
        String.format(
            Locale.ROOT,
            "reward  loss %.3f, %.1f %% of preferences right on new topics%n"
                + "cost    loss %.3f, %.1f %% of preferences and %.1f %% of signs right",
            report.reward().heldOutLoss(),
            100 * report.reward().preferenceAccuracy(),
            report.cost().heldOutLoss(),
            100 * report.cost().preferenceAccuracy(),
            100 * report.cost().signAccuracy()));
  }

  private static void print(PrintWriter out, SupervisedReport report) {
    out.println(
        String.format(
            Locale.ROOT, "policy  loss %.3f nats a token on new topics", report.heldOutLoss()));
  }
}
