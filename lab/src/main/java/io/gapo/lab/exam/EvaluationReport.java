package io.gapo.lab.exam;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.StatUtils;

/**
 * How two policies answer the same prompts.
 *
 * @param before name of the policy that the other is compared with
 * @param after name of the other
 * @param source of the prompts: a split of the world, or a file
 * @param prompts answered by both
 */
public record EvaluationReport(
    String before,
    String after,
    String source,
    int prompts,
    List<Measure> measures,
    List<Sample> samples) {

  public EvaluationReport {
    measures = List.copyOf(measures);
    samples = List.copyOf(samples);
  }

  /** A mean and how sure it is. */
  public record Estimate(double mean, double standardError) {

    /** The estimate from independent values. */
    public static Estimate of(double[] values) {
      if (values.length == 0) {
        throw new IllegalArgumentException("an estimate needs at least one value");
      }
      double mean = StatUtils.mean(values);
      return new Estimate(mean, Math.sqrt(StatUtils.variance(values, mean) / values.length));
    }
  }

  /** How a figure is written. */
  public enum Unit {
    SCORE,
    /** A share from 0 to 1, written in percent. */
    SHARE
  }

  /** What became of a figure. */
  public enum Verdict {
    BETTER,
    SAME,
    WORSE
  }

  /**
   * One figure of both policies; higher is better.
   *
   * @param change of each prompt's value, so that how much prompts differ does not count
   */
  public record Measure(String name, Unit unit, Estimate before, Estimate after, Estimate change) {

    /**
     * The measure of the values of both policies.
     *
     * @param before one value a prompt
     * @param after of the same prompts, in the same order
     */
    public static Measure of(String name, Unit unit, double[] before, double[] after) {
      if (before.length != after.length) {
        throw new IllegalArgumentException(
            "measure '%s' has %s values before and %s after"
                .formatted(name, before.length, after.length));
      }
      double[] change = new double[before.length];
      Arrays.setAll(change, i -> after[i] - before[i]);
      return new Measure(name, unit, Estimate.of(before), Estimate.of(after), Estimate.of(change));
    }

    /** A change counts if it is larger than its standard error. */
    public Verdict verdict() {
      if (Math.abs(change.mean()) <= change.standardError()) {
        return Verdict.SAME;
      }
      return change.mean() > 0 ? Verdict.BETTER : Verdict.WORSE;
    }
  }

  /**
   * Two answers to a prompt, side by side.
   *
   * @param beforeScores by name
   * @param afterScores by name
   */
  public record Sample(
      String prompt,
      String before,
      String after,
      Map<String, Double> beforeScores,
      Map<String, Double> afterScores) {}
}
