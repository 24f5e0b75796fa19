package io.gapo.lab.compare;

import io.gapo.lab.report.MeasureNames;
import io.gapo.lab.report.RunResult;
import io.gapo.ops.config.CombinationMethod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Says where a comparison agrees with the paper's (Li et al., ACL 2025, Tables 1 and 2) and where
 * it does not. Differences are between means over seeds, whatever their errors: those stand in the
 * table.
 */
public final class Findings {

  private static final String GAPO_1 = Contestant.gapo(1).label();
  private static final String GAPO_2 = Contestant.gapo(2).label();
  private static final String MGDA = CombinationMethod.MGDA.label();
  private static final String SAFE_RLHF = CombinationMethod.SAFE_RLHF.label();

  private final List<String> objectives;

  /** Mean score of each objective over seeds, by label, of runs without a frontier's preference. */
  private final Map<String, Map<String, Double>> scores = new LinkedHashMap<>();

  private final List<String> sentences = new ArrayList<>();

  private Findings(List<String> objectives, List<RunResult> runs) {
    this.objectives = objectives;
    Map<String, List<RunResult>> byLabel = new LinkedHashMap<>();
    runs.stream()
        .filter(run -> run.preference().isEmpty())
        .forEach(run -> byLabel.computeIfAbsent(run.label(), each -> new ArrayList<>()).add(run));
    byLabel.forEach(
        (label, each) -> {
          Map<String, Double> means = new LinkedHashMap<>();
          for (String objective : objectives) {
            means.put(objective, mean(each, objective));
          }
          scores.put(label, means);
        });
  }

  private static double mean(List<RunResult> runs, String objective) {
    return runs.stream()
        .map(run -> run.measures().get(MeasureNames.score(objective)))
        .filter(measure -> measure != null)
        .mapToDouble(measure -> measure.mean())
        .average()
        .orElse(Double.NaN);
  }

  /** How the comparison was made, and the findings that these runs allow, a sentence each. */
  public static List<String> of(
      ComparisonPlan plan, List<String> objectives, List<RunResult> runs) {
    Findings findings = new Findings(objectives, runs);
    findings.sentences.add(
        "All methods have the same settings and start from the same policy, and made %s steps."
            .formatted(plan.steps()));
    findings.sentences.add(
        "KL is that of the last five steps' rollouts to the starting policy; all else is measured"
            + " on %s %s prompts.".formatted(plan.prompts(), plan.split().text()));
    if (objectives.size() == 2) {
      findings.sentences.add(
          "With two objectives GAPO p = 1 always weighs both unit gradients by 1/2, which is P-GAPO"
              + " with an even preference.");
    }
    findings.singleObjectivesAreExtreme();
    findings.averageIsAbove(GAPO_1, MGDA);
    findings.averageIsAbove(GAPO_2, MGDA);
    findings.averageIsAbove(MGDA, SAFE_RLHF);
    return List.copyOf(findings.sentences);
  }

  private void singleObjectivesAreExtreme() {
    for (String objective : objectives) {
      String own = Contestant.single(objective).label();
      if (!scores.containsKey(own)) {
        continue;
      }
      double best =
          scores.values().stream()
              .mapToDouble(means -> means.getOrDefault(objective, Double.NaN))
              .max()
              .orElse(Double.NaN);
      double reached = score(own, objective);
      say(
          reached >= best,
          String.format(
              Locale.ROOT,
              "%s has the highest %s score of all (%.2f; best %.2f)",
              own,
              objective,
              reached,
              best));
      for (String other : objectives) {
        if (!other.equals(objective)) {
          double there = score(own, other);
          double start = score(ComparisonRun.START, other);
          say(
              there < start,
              String.format(
                  Locale.ROOT, "%s loses %s (from %.2f to %.2f)", own, other, start, there));
        }
      }
    }
  }

  private void averageIsAbove(String higher, String lower) {
    if (scores.containsKey(higher) && scores.containsKey(lower)) {
      double first = average(higher);
      double second = average(lower);
      say(
          first > second,
          String.format(
              Locale.ROOT,
              "%s is above %s on average (%.2f and %.2f)",
              higher,
              lower,
              first,
              second));
    }
  }

  private void say(boolean agrees, String claim) {
    sentences.add(
        (agrees ? "As in the paper: " : "Unlike in the paper, it does not hold that ")
            + claim
            + ".");
  }

  private double score(String label, String objective) {
    return scores.getOrDefault(label, Map.of()).getOrDefault(objective, Double.NaN);
  }

  private double average(String label) {
    return objectives.stream().mapToDouble(name -> score(label, name)).average().orElse(Double.NaN);
  }
}
