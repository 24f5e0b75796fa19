package io.gapo.lab.cli;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.lab.demo.DemoModels;
import io.gapo.lab.soup.OneModel;
import io.gapo.lab.soup.PolicySoup;
import io.gapo.ops.cli.CommandFailedException;
import io.gapo.ops.cli.WrittenTypeOption;
import io.gapo.ops.policy.PolicySource;
import io.gapo.runtime.checkpoint.ExportTarget;
import io.gapo.runtime.checkpoint.PolicyExport;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code gapo soup}: a policy between others. */
@Command(
    name = "soup",
    description =
        "Interpolates the parameters of policies trained from the same start (Rewarded Soups).",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SoupCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "DIR",
      arity = "1..*",
      description =
          "Policies' directories, or optimizers' checkpoints, of which the newest counts.")
  private List<Path> policies = List.of();

  @Option(
      names = "--weight",
      paramLabel = "SHARE",
      required = true,
      split = ",",
      description =
          "Weight of each policy, in the same order; only the ratios count: --weight 0.3,0.7.")
  private List<Double> weights = List.of();

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
          "Policy that all were trained from, whose configuration and tokenizer are copied"
              + " (default: the first policy, if all are directories with a configuration of their own;"
              + " else the demo's).")
  private @Nullable Path origin;

  @Mixin private WrittenTypeOption written = new WrittenTypeOption();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Path from = origin();
    policies.stream()
        .filter(PolicySource::isWhole)
        .forEach(policy -> OneModel.require(from, policy));
    Path to = Objects.requireNonNull(target);
    ExportTarget.requireForPolicy(to);
    List<List<NamedTensor>> tensors = new ArrayList<>();
    for (Path policy : policies) {
      tensors.add(
          PolicySource.find(policy, from)
              .orElseThrow(
                  () ->
                      new CommandFailedException(
                          "%s holds neither a policy nor a whole checkpoint".formatted(policy)))
              .policyTensors(DataType.F32));
    }
    List<NamedTensor> mixed;
    try {
      mixed = PolicySoup.mix(tensors, weights);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(Objects.requireNonNull(spec).commandLine(), e.getMessage(), e);
    }
    PolicyExport.write(to, from, mixed, written.dataType());
    out.println("Policy written to " + to);
    out.flush();
    return ExitCode.OK;
  }

  private Path origin() {
    if (origin != null) {
      return origin;
    }
    return policies.stream().allMatch(PolicySource::isWhole)
        ? policies.get(0)
        : DemoModels.directory().resolve("policy");
  }
}
