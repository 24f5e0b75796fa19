package io.gapo.core.combine;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What a combiner decides by.
 *
 * @param objectives to be weighed, by name, in the order of the gradients; shape (M)
 * @param gram inner products of their ascent gradients, shape (M, M)
 * @param meanScores of the batch, for every objective of the run, higher is better
 * @param violations share of the batch's rollouts that an objective scored below 0; empty where
 *     nobody counted them
 * @param rollouts in the batch
 * @param memory what the combiner remembered at the version that the step improves; empty at the
 *     first step, and always for methods that learn nothing
 */
public record MeasuredObjectives(
    List<String> objectives,
    GramMatrix gram,
    SortedMap<String, Double> meanScores,
    SortedMap<String, Double> violations,
    int rollouts,
    MethodMemory memory) {

  public MeasuredObjectives {
    objectives = List.copyOf(objectives);
    meanScores = Collections.unmodifiableSortedMap(new TreeMap<>(meanScores));
    violations = Collections.unmodifiableSortedMap(new TreeMap<>(violations));
    if (objectives.size() != gram.objectives()
        || new LinkedHashSet<>(objectives).size() != objectives.size()) {
      throw new IllegalArgumentException(
          "expected %s different objectives, was %s".formatted(gram.objectives(), objectives));
    }
    if (!meanScores.keySet().containsAll(objectives)) {
      throw new IllegalArgumentException(
          "expected a mean score for each of %s, was %s".formatted(objectives, meanScores));
    }
    if (rollouts < 1) {
      throw new IllegalArgumentException("rollouts must be >= 1, was " + rollouts);
    }
  }

  /** A measurement for methods that do not ask for violations. */
  public MeasuredObjectives(
      List<String> objectives,
      GramMatrix gram,
      SortedMap<String, Double> meanScores,
      int rollouts,
      MethodMemory memory) {
    this(objectives, gram, meanScores, new TreeMap<>(), rollouts, memory);
  }

  /**
   * The measurement of a step that weighs all objectives of its run.
   *
   * @param meanScores in the objectives' order
   */
  public static MeasuredObjectives ofAll(
      List<String> objectives,
      GramMatrix gram,
      List<Double> meanScores,
      int rollouts,
      MethodMemory memory) {
    if (meanScores.size() != objectives.size()) {
      throw new IllegalArgumentException(
          "expected a mean score for each of %s, was %s".formatted(objectives, meanScores));
    }
    SortedMap<String, Double> byName = new TreeMap<>();
    IntStream.range(0, objectives.size())
        .forEach(i -> byName.put(objectives.get(i), meanScores.get(i)));
    return new MeasuredObjectives(objectives, gram, byName, rollouts, memory);
  }

  /**
   * Restricts the objectives to be weighed; the scores of all stay.
   *
   * @param kept indices of the objectives that stay, ascending, at least one
   */
  MeasuredObjectives only(List<Integer> kept) {
    double[][] rows = new double[kept.size()][kept.size()];
    for (int i = 0; i < rows.length; i++) {
      for (int j = 0; j < rows.length; j++) {
        rows[i][j] = gram.at(kept.get(i), kept.get(j));
      }
    }
    return new MeasuredObjectives(
        kept.stream().map(objectives::get).toList(),
        GramMatrix.of(rows, gram.resolution()),
        meanScores,
        violations,
        rollouts,
        memory);
  }

  /** A copy with another Gram matrix. */
  MeasuredObjectives by(GramMatrix other) {
    return new MeasuredObjectives(objectives, other, meanScores, violations, rollouts, memory);
  }

  /**
   * A copy in which violations were counted.
   *
   * @param counted share of the rollouts that an objective scored below 0, by its name
   */
  public MeasuredObjectives withViolations(SortedMap<String, Double> counted) {
    return new MeasuredObjectives(objectives, gram, meanScores, counted, rollouts, memory);
  }

  /**
   * The share of the batch's rollouts that an objective scored below 0.
   *
   * @throws IllegalArgumentException if nobody counted them
   */
  double violations(String objective) {
    Double share = violations.get(objective);
    if (share == null) {
      throw new IllegalArgumentException(
          "expected the share of rollouts that %s scored below 0, was %s"
              .formatted(objective, violations));
    }
    return share;
  }

  /**
   * @throws IllegalArgumentException if the run has no such objective
   */
  void requireKnown(String objective) {
    if (!meanScores.containsKey(objective)) {
      throw new IllegalArgumentException(
          "there is no objective '%s': the run has %s".formatted(objective, meanScores.keySet()));
    }
  }
}
