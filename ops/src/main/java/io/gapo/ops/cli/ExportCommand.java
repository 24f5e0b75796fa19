package io.gapo.ops.cli;

import io.gapo.ops.policy.Checkout;
import io.gapo.ops.policy.PolicySource;
import io.gapo.runtime.checkpoint.ExportTarget;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gapo export}: a trained policy as a directory that other tools load. */
@Command(
    name = "export",
    description =
        "Writes a trained policy in Hugging Face's layout, for transformers, peft and gapo itself.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class ExportCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "DIR",
      description =
          "An optimizer's checkpoints, of which the newest counts, a policy, or an adapter.")
  private Path policy = Path.of(".");

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Directory to write the policy to.")
  private @Nullable Path target;

  @Option(
      names = "--origin",
      paramLabel = "DIR",
      description =
          "Policy that adapter or checkpoints were trained from, whose configuration and"
              + " tokenizer are copied (default: the demo's).")
  private @Nullable Path origin;

  @Mixin private WrittenTypeOption written = new WrittenTypeOption();

  @Option(
      names = "--adapter",
      description = "Write the adapter alone, as peft saves one, and do not merge it.")
  private boolean adapter;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Path from = origin == null ? Checkout.demo().resolve("policy") : origin;
    Path to = Objects.requireNonNull(target);
    PolicySource source =
        PolicySource.find(policy, from)
            .orElseThrow(
                () ->
                    new CommandFailedException(
                        "%s holds neither a policy nor a whole checkpoint".formatted(policy)));
    if (adapter) {
      ExportTarget.requireForAdapter(to);
      source
          .adapter()
          .orElseThrow(
              () ->
                  new CommandFailedException(
                      "%s of %s has no adapter: it was trained as a whole, leave --adapter out"
                          .formatted(source.name(), policy)))
          .write(to, from, written.dataType());
    } else {
      source.export(to, written.dataType());
    }
    out.println("%s written to %s".formatted(source.name(), to));
    out.flush();
    return ExitCode.OK;
  }
}
