package io.gapo.lab.report;

import java.util.List;
import java.util.Map;

/**
 * One trained policy: a method with a seed and, for some methods, a preference.
 *
 * <p>Runs of the same label and preference are one row of the table, estimated over their seeds.
 * Runs of the same label and different preferences are one frontier.
 *
 * @param method as {@code --method} names it
 * @param label the method's name for readers, without seed and preference, such as "GAPO p = 1"
 * @param preference the asked λ by objective; empty if the method takes none
 * @param steps in order; empty for a policy that was not trained, such as a soup, and for all but
 *     one result of a policy that several share
 * @param measures on held-out prompts, by name as {@link MeasureNames} has them
 * @param answers to prompts that are the same for all runs
 * @param seconds that the run took; of a policy that several results share, each has its part
 * @param rollouts that it was trained on, likewise
 */
public record RunResult(
    String method,
    String label,
    Map<String, Double> preference,
    long seed,
    List<StepPoint> steps,
    Map<String, Measure> measures,
    List<Answer> answers,
    double seconds,
    double rollouts) {

  public RunResult {
    if (label.isBlank()) {
      throw new IllegalArgumentException("a run of method '" + method + "' has a blank label");
    }
    if (!(seconds >= 0)) {
      throw new IllegalArgumentException("seconds must be >= 0, was " + seconds);
    }
    if (!(rollouts >= 0)) {
      throw new IllegalArgumentException("rollouts must be >= 0, was " + rollouts);
    }
    preference = Ordered.copyOf(preference);
    steps = List.copyOf(steps);
    measures = Ordered.copyOf(measures);
    answers = List.copyOf(answers);
  }

  /** Creates the result of a policy that was trained on no rollouts. */
  public RunResult(
      String method,
      String label,
      Map<String, Double> preference,
      long seed,
      List<StepPoint> steps,
      Map<String, Measure> measures,
      List<Answer> answers,
      double seconds) {
    this(method, label, preference, seed, steps, measures, answers, seconds, 0);
  }
}
