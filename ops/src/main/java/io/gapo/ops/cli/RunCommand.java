package io.gapo.ops.cli;

import com.typesafe.config.Config;
import io.gapo.core.port.Stage;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.display.RunSamples;
import io.gapo.ops.model.NamedModels;
import io.gapo.ops.pipeline.ObservedPipeline;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gapo run}: any stages in this process, against an external broker. */
@Command(
    name = "run",
    description =
        "Runs stages of the pipeline until Ctrl-C or SIGTERM, or until one fails for good.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      split = ",",
      description = {
        "rollout-generator, reward-scorer, cost-scorer, gradient-collector, mgda-combiner,",
        "optimizer; several separated by commas; all if none is named."
      })
  private final List<String> roles = new ArrayList<>();

  @Mixin private final MethodOptions method = new MethodOptions();

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @SuppressWarnings("try") // What is opened works by being open.
  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    Set<Stage> chosen = chosen();
    Config root =
        NamedModels.fromEnvironment().resolve(settings.load(Map.of(), method.settings()), chosen);
    GapoConfig config = GapoConfig.from(root);
    CompletableFuture<Void> stop = new CompletableFuture<>();
    try (StopSignal signal = StopSignal.onInterrupt(() -> stop.complete(null));
        ObservedPipeline pipeline =
            ObservedPipeline.start(
                root, config, chosen, List.of(RunSamples.logged(config.samples())))) {
      out.println(
          "%s on Kafka %s; metrics at http://%s/metrics; Ctrl-C drains and stops"
              .formatted(
                  String.join(", ", chosen.stream().map(Stage::text).toList()),
                  config.kafka().bootstrapServers(),
                  pipeline.metricsAddress()));
      out.flush();
      CompletableFuture.anyOf(stop, pipeline.pipeline().failure()).get();
      out.println("draining");
      out.flush();
    }
    return ExitCode.OK;
  }

  private Set<Stage> chosen() {
    if (roles.isEmpty()) {
      return EnumSet.allOf(Stage.class);
    }
    Set<Stage> chosen = EnumSet.noneOf(Stage.class);
    for (String name : roles) {
      chosen.add(
          Stage.of(name)
              .orElseThrow(
                  () ->
                      new ParameterException(
                          Objects.requireNonNull(spec).commandLine(),
                          "there is no role '%s': choose from %s"
                              .formatted(name, String.join(", ", Stage.names())))));
    }
    return chosen;
  }
}
