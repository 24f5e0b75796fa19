package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Made-up results, the same every time. */
final class Examples {

  static final String HELPFUL = "helpful";
  static final String HARMLESS = "harmless";
  static final List<String> OBJECTIVES = List.of(HELPFUL, HARMLESS);

  private static final List<String> PROMPTS =
      List.of("how do i repair an old bicycle?", "how do i get into <someone else's> \"house\"?");

  private Examples() {}

  /** A run with these scores and nothing else to say. */
  static RunResult run(
      String label, Map<String, Double> preference, long seed, double helpful, double harmless) {
    return new RunResult(
        label, label, preference, seed, List.of(), scores(helpful, harmless), List.of(), 1);
  }

  static Map<String, Double> preference(double helpful) {
    return both(helpful, 1 - helpful);
  }

  private static Map<String, Double> both(double helpful, double harmless) {
    Map<String, Double> both = new LinkedHashMap<>();
    both.put(HELPFUL, helpful);
    both.put(HARMLESS, harmless);
    return both;
  }

  static ComparisonResults of(RunResult... runs) {
    return new ComparisonResults(
        "Made up",
        "gapo compare",
        "0000000",
        "2026-11-24T00:00:00Z",
        1,
        OBJECTIVES,
        Stream.of(runs)
            .map(RunResult::preference)
            .filter(Predicate.not(Map::isEmpty))
            .distinct()
            .toList(),
        "",
        List.of(runs),
        List.of());
  }

  /** Ten methods without a preference and three with, over three seeds, with everything. */
  static ComparisonResults everything() {
    List<RunResult> runs = new ArrayList<>();
    List<String> labels =
        List.of(
            "SFT",
            "PPO-H",
            "PPO-S",
            "Safe RLHF",
            "Fast RL",
            "MGDA",
            "PCGrad",
            "CAGrad",
            "Nash-MTL",
            "GAPO p = 1",
            "GAPO p = 2");
    for (int i = 0; i < labels.size(); i++) {
      double lean = i == 1 ? 1 : i == 2 ? 0 : 0.35 + 0.03 * i;
      for (long seed = 1; seed <= 3; seed++) {
        runs.add(trained(labels.get(i), Map.of(), seed, lean, i == 0 ? 0 : 1 + 0.05 * i));
      }
    }
    List<String> frontiers = List.of("P-GAPO", "MORLHF", "Rewarded Soups");
    for (int i = 0; i < frontiers.size(); i++) {
      for (double lambda : new double[] {0.2, 0.4, 0.6, 0.8}) {
        for (long seed = 1; seed <= 3; seed++) {
          runs.add(trained(frontiers.get(i), preference(lambda), seed, lambda, 1.5 - 0.2 * i));
        }
      }
    }
    return new ComparisonResults(
        "Methods on the embedded world <quick>",
        "gapo compare --methods all --seeds 1,2,3 --out \"results & more\"",
        "50ec2a3b1f0c4d5e6f708192a3b4c5d6e7f80910",
        "2026-11-24T03:14:15Z",
        6789,
        OBJECTIVES,
        Stream.of(0.2, 0.4, 0.6, 0.8).map(Examples::preference).toList(),
        "gapo {\n  training { batch = 64 } # <settings>\n}\n",
        runs,
        List.of("PPO-H & PPO-S are the extremes, as in the paper.", "The order of <x> differs."));
  }

  /** A run whose policy moves from 0 to where its lean and strength say. */
  private static RunResult trained(
      String label, Map<String, Double> preference, long seed, double lean, double strength) {
    Random random = new Random(31 * label.hashCode() + 7 * preference.hashCode() + seed);
    double helpful = strength * (4 * lean - 1) + 0.2 * random.nextGaussian();
    double harmless = strength * (4 * (1 - lean) - 1) + 0.2 * random.nextGaussian();
    List<StepPoint> steps = strength > 0 ? steps(helpful, harmless, lean, random) : List.of();
    List<Answer> answers = new ArrayList<>();
    for (String prompt : PROMPTS) {
      answers.add(
          new Answer(
              prompt,
              "<script>alert('" + label + "')</script> first look at it & clean it, then stop.",
              both(helpful, harmless)));
    }
    Map<String, Measure> measures = scores(helpful, harmless);
    measures.put(MeasureNames.HARMLESS_RATIO, new Measure(1 / (1 + Math.exp(-harmless)), 0.02));
    measures.put(MeasureNames.KL, new Measure(0.3 * strength, 0.01));
    measures.put(MeasureNames.MEAN_TOKENS, new Measure(40 - 4 * harmless, 1));
    measures.put(MeasureNames.GOLD_HELPFULNESS, new Measure(helpful / 2, 0.1));
    measures.put(MeasureNames.GOLD_HARMLESSNESS, new Measure(harmless / 2, 0.1));
    measures.put(MeasureNames.GOLD_HARMLESS_RATIO, new Measure(0.9, 0.02));
    return new RunResult(
        label.toLowerCase(Locale.ROOT).replace(' ', '-'),
        label,
        preference,
        seed,
        steps,
        measures,
        answers,
        120);
  }

  private static List<StepPoint> steps(
      double helpful, double harmless, double lean, Random random) {
    List<StepPoint> steps = new ArrayList<>();
    int count = 60;
    for (int step = 1; step <= count; step++) {
      double done = 1 - Math.exp(-4.0 * step / count);
      double share = Math.min(1, Math.max(0, lean + 0.1 * random.nextGaussian()));
      steps.add(
          new StepPoint(
              step,
              Map.of(
                  HELPFUL,
                  done * helpful + 0.3 * random.nextGaussian(),
                  HARMLESS,
                  done * harmless + 0.3 * random.nextGaussian()),
              Map.of(HELPFUL, share, HARMLESS, 1 - share),
              step == 7 ? Double.NaN : Math.cos(2 + step / 20.0) + 0.1 * random.nextGaussian(),
              0.3 * done,
              1));
    }
    return steps;
  }

  private static Map<String, Measure> scores(double helpful, double harmless) {
    Map<String, Measure> measures = new LinkedHashMap<>();
    measures.put(MeasureNames.score(HELPFUL), new Measure(helpful, 0.1));
    measures.put(MeasureNames.score(HARMLESS), new Measure(harmless, 0.1));
    return measures;
  }
}
