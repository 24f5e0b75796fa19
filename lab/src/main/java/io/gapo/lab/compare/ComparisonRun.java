package io.gapo.lab.compare;

import com.typesafe.config.Config;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.lab.display.StepFigures;
import io.gapo.lab.exam.Exam;
import io.gapo.lab.exam.GradedAnswers;
import io.gapo.lab.report.RunResult;
import io.gapo.lab.report.StepPoint;
import io.gapo.lab.soup.PolicySoup;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.policy.PolicySource;
import io.gapo.runtime.checkpoint.PolicyExport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/**
 * Runs a plan, one contestant and seed after the other. Each result is a file: what is there, made
 * with the same settings, is not trained again, so that a comparison that was stopped resumes where
 * it was.
 */
public final class ComparisonRun {

  /** Label of the policy that all training starts from. */
  public static final String START = "SFT";

  /** Label of the interpolated policies. */
  public static final String SOUP = "Rewarded Soups";

  private final ComparisonPlan plan;
  private final Path directory;
  private final GapoConfig config;
  private final KeptResults kept;
  private final PipelineTraining training;
  private final ComparisonProgress progress;
  private volatile Runnable stopRun = () -> {};
  private volatile boolean stopped;
  private int begun;

  /**
   * @param directory of the results, made if need be
   * @param config settings that all runs share
   * @param settings all settings, with these, by full key, on top
   * @throws IOException if a model's files cannot be read
   */
  public ComparisonRun(
      ComparisonPlan plan,
      Path directory,
      GapoConfig config,
      Function<Map<String, Object>, Config> settings,
      ComparisonProgress progress)
      throws IOException {
    this.plan = plan;
    this.directory = directory;
    this.config = config;
    this.training = new PipelineTraining(settings);
    this.progress = progress;
    this.kept =
        new KeptResults(
            directory.resolve("results"),
            new Provenances(plan, config.objectiveNames(), settings).ofAll());
  }

  /** Makes {@link #run} end soon; called from any thread. */
  public void stop() {
    stopped = true;
    stopRun.run();
  }

  /**
   * Runs what has no result yet.
   *
   * @return all results in the plan's order; empty if it was stopped
   * @throws OtherSettingsException if the directory holds a result, or a run that was interrupted,
   *     that was made with other settings
   */
  public Optional<List<RunResult>> run()
      throws IOException, InterruptedException, ExecutionException {
    List<String> objectives = config.objectiveNames();
    List<RunResult> results = new ArrayList<>();
    kept.requireSame();
    try (Exam exam = Exam.ofWorld(config, plan.split(), plan.prompts(), true)) {
      results.add(start(exam));
      for (long seed : plan.seeds()) {
        for (Contestant contestant : plan.trained(objectives)) {
          Optional<RunResult> result = trained(exam, contestant, seed);
          if (result.isEmpty()) {
            return Optional.empty();
          }
          results.add(result.get());
        }
        if (plan.draws(ComparisonPlan.SOUP)) {
          for (Map<String, Double> preference : plan.preferences(objectives)) {
            results.add(soup(exam, preference, seed));
          }
        }
        for (String method : ComparisonPlan.conditioned()) {
          if (plan.draws(method)) {
            Optional<List<RunResult>> conditioned = conditioned(exam, method, seed);
            if (conditioned.isEmpty()) {
              return Optional.empty();
            }
            results.addAll(conditioned.get());
          }
        }
      }
    }
    return Optional.of(results);
  }

  private int runs() {
    List<String> objectives = config.objectiveNames();
    int each =
        plan.trained(objectives).size()
            + (plan.draws(ComparisonPlan.SOUP) ? plan.shares().size() : 0)
            + Math.toIntExact(ComparisonPlan.conditioned().stream().filter(plan::draws).count());
    return 1 + plan.seeds().size() * each;
  }

  private RunResult start(Exam exam) throws IOException {
    boolean known = kept.isKnown(Provenances.START);
    begin(START, 0, known);
    if (known) {
      return kept.read(Provenances.START);
    }
    return keep(
        Provenances.START,
        exam.grade(source(config.policyPath()), Optional.empty()),
        new RunResult("", START, Map.of(), 0, List.of(), Map.of(), List.of(), 0),
        List.of());
  }

  private Optional<RunResult> trained(Exam exam, Contestant contestant, long seed)
      throws IOException, InterruptedException, ExecutionException {
    String name = contestant.fileName(seed);
    boolean known = kept.isKnown(name);
    begin(contestant.label(), seed, known);
    if (known) {
      return Optional.of(kept.read(name));
    }
    Optional<TrainedPolicy> trained = train(contestant, seed, plan.steps());
    if (trained.isEmpty()) {
      return Optional.empty();
    }
    TrainedPolicy policy = trained.get();
    RunResult result =
        keep(
            name,
            exam.grade(source(policy.directory()), Optional.empty()),
            new RunResult(
                contestant.method(),
                contestant.label(),
                contestant.preference(),
                seed,
                Measurement.points(policy.steps()),
                Map.of(),
                List.of(),
                policy.seconds(),
                policy.rollouts()),
            policy.steps());
    PipelineTraining.deleteRecords(directoryOf(contestant, seed));
    return Optional.of(result);
  }

  private RunResult soup(Exam exam, Map<String, Double> preference, long seed) throws IOException {
    String name = Contestant.preferring(ComparisonPlan.SOUP, preference).fileName(seed);
    boolean known = kept.isKnown(name);
    begin(SOUP, seed, known);
    if (known) {
      return kept.read(name);
    }
    List<String> objectives = config.objectiveNames();
    List<List<NamedTensor>> policies = new ArrayList<>();
    double seconds = 0;
    double rollouts = 0;
    for (String objective : objectives) {
      Contestant single = Contestant.single(objective);
      Path policy = directoryOf(single, seed).resolve(PipelineTraining.POLICY);
      policies.add(PolicySource.require(policy, policy).policyTensors(DataType.F32));
      // Each of the policies that every soup is made of has its part in all of them.
      RunResult part = kept.read(single.fileName(seed));
      seconds += part.seconds() / plan.shares().size();
      rollouts += part.rollouts() / plan.shares().size();
    }
    Path target = directory.resolve("runs").resolve(name).resolve(PipelineTraining.POLICY);
    PolicyExport.write(
        target,
        config.policyPath(),
        PolicySoup.mix(policies, objectives.stream().map(preference::get).toList()),
        DataType.F32);
    return keep(
        name,
        exam.grade(source(target), Optional.empty()),
        new RunResult(
            "soup", SOUP, preference, seed, List.of(), Map.of(), List.of(), seconds, rollouts),
        List.of());
  }

  /** One policy, examined with each preference; each result has its part of the cost. */
  private Optional<List<RunResult>> conditioned(Exam exam, String method, long seed)
      throws IOException, InterruptedException, ExecutionException {
    Contestant contestant = Contestant.conditioned(method);
    List<Map<String, Double>> preferences = plan.preferences(config.objectiveNames());
    List<String> names =
        preferences.stream()
            .map(each -> Contestant.preferring(method, each).fileName(seed))
            .toList();
    boolean known = names.stream().allMatch(kept::isKnown);
    begin(contestant.label(), seed, known);
    List<RunResult> results = new ArrayList<>();
    if (known) {
      for (String name : names) {
        results.add(kept.read(name));
      }
      return Optional.of(results);
    }
    Optional<TrainedPolicy> trained = train(contestant, seed, plan.conditionedSteps());
    if (trained.isEmpty()) {
      return Optional.empty();
    }
    TrainedPolicy policy = trained.get();
    for (Map<String, Double> preference : preferences) {
      List<StepPoint> course = results.isEmpty() ? Measurement.points(policy.steps()) : List.of();
      results.add(
          keep(
              names.get(results.size()),
              exam.grade(source(policy.directory()), Optional.of(PromptPreference.of(preference))),
              new RunResult(
                  contestant.method(),
                  contestant.label(),
                  preference,
                  seed,
                  course,
                  Map.of(),
                  List.of(),
                  policy.seconds() / preferences.size(),
                  policy.rollouts() / preferences.size()),
              policy.steps()));
    }
    PipelineTraining.deleteRecords(directoryOf(contestant, seed));
    return Optional.of(results);
  }

  /** Trains by the pipeline; empty if it was stopped. */
  private Optional<TrainedPolicy> train(Contestant contestant, long seed, int steps)
      throws IOException, InterruptedException, ExecutionException {
    if (stopped) {
      return Optional.empty();
    }
    TrainedPolicy policy =
        training.train(
            contestant,
            seed,
            steps,
            directoryOf(contestant, seed),
            kept.provenance(contestant.fileName(seed)),
            stop -> stopRun = stop,
            step -> progress.stepped(step, steps));
    return stopped ? Optional.empty() : Optional.of(policy);
  }

  private static PolicySource source(Path policy) {
    return PolicySource.require(policy, policy);
  }

  private void begin(String label, long seed, boolean known) {
    begun++;
    progress.runBegins(begun, runs(), label, seed, known);
  }

  /** Completes an examined policy's result and writes it down. */
  private RunResult keep(String name, GradedAnswers graded, RunResult run, List<StepFigures> steps)
      throws IOException {
    RunResult result =
        new RunResult(
            run.method(),
            run.label(),
            run.preference(),
            run.seed(),
            run.steps(),
            Measurement.measures(graded, steps),
            Measurement.answers(graded),
            run.seconds(),
            run.rollouts());
    kept.keep(name, result);
    return result;
  }

  private Path directoryOf(Contestant contestant, long seed) {
    return directory.resolve("runs").resolve(contestant.fileName(seed));
  }
}
