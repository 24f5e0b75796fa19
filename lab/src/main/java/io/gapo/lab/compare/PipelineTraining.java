package io.gapo.lab.compare;

import com.typesafe.config.Config;
import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.lab.demo.DemoDirectory;
import io.gapo.lab.demo.DemoRun;
import io.gapo.lab.display.StepFigures;
import io.gapo.lab.display.StepLog;
import io.gapo.lab.report.ResultsJson;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.policy.PolicySource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Trains one contestant by all six stages and a broker of its own, as {@code gapo demo} does.
 *
 * <p>A run that was interrupted resumes where it stopped.
 */
final class PipelineTraining {

  /** Where, in a run's directory, the trained policy is. */
  static final String POLICY = "policy";

  private static final String RECORDS = "pipeline";

  private static final String MADE_WITH = "made-with.json";

  private final Function<Map<String, Object>, Config> settings;

  /**
   * @param settings all settings, with these, by full key, stronger than the command's defaults
   */
  PipelineTraining(Function<Map<String, Object>, Config> settings) {
    this.settings = settings;
  }

  /**
   * Trains to the end.
   *
   * @param directory of the run
   * @param provenance what it is made with; an interrupted run has to be of the same
   * @param stop told how to end the run early
   * @param shown receives every step
   * @throws OtherSettingsException if an interrupted run was made with other settings
   */
  TrainedPolicy train(
      Contestant contestant,
      long seed,
      int steps,
      Path directory,
      Provenance provenance,
      Consumer<Runnable> stop,
      Consumer<StepFigures> shown)
      throws IOException, InterruptedException, ExecutionException {
    Instant started = Instant.now();
    DemoDirectory files = new DemoDirectory(directory.resolve(RECORDS));
    files.prepare();
    claim(files, provenance);
    StepLog log = new StepLog(started);
    GapoConfig config;
    try (EmbeddedBroker broker = EmbeddedBroker.open(files.kafka(), 0)) {
      Map<String, Object> own = contestant.settings();
      own.put("gapo.kafka.bootstrap-servers", broker.bootstrapServers());
      own.put("gapo.training.checkpoint-directory", files.checkpoints().toString());
      own.put("gapo.sampling.seed", seed);
      own.put("gapo.metrics.port", 0);
      Config root = settings.apply(own);
      config = GapoConfig.from(root);
      DemoRun run = new DemoRun(root, config);
      stop.accept(run::stop);
      run.train(steps, log, shown, List.of(), address -> {});
    }
    Path policy = directory.resolve(POLICY);
    PolicySource trained = PolicySource.require(files.checkpoints(), config.policyPath());
    trained.export(policy, DataType.F32);
    return new TrainedPolicy(
        policy, log.steps(), (Instant.now().toEpochMilli() - started.toEpochMilli()) / 1e3);
  }

  /** Going on with other settings would make a policy that no settings describe. */
  static void claim(DemoDirectory files, Provenance provenance) throws IOException {
    Path file = files.root().resolve(MADE_WITH);
    if (!Files.exists(file) && !Files.exists(files.checkpoints())) {
      ResultsJson.writeMadeWith(provenance.madeWith(), file);
      return;
    }
    String remedy =
        "choose another --out, or delete %s, a run that was interrupted".formatted(files.root());
    if (!Files.exists(file)) {
      throw new OtherSettingsException(
          "%s does not say what settings it was made with: %s".formatted(files.root(), remedy),
          null);
    }
    provenance.requireOf(file, remedy);
  }

  /** Deletes a run's records and checkpoints; the policy stays. */
  static void deleteRecords(Path directory) throws IOException {
    new DemoDirectory(directory.resolve(RECORDS)).empty();
  }
}
