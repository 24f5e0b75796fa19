package io.gapo.core.combine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Measured steps for tests, whose objectives are called a, b, c and so on. */
final class Steps {

  private static final int ROLLOUTS = 8;

  private Steps() {}

  static List<String> names(int objectives) {
    return IntStream.range(0, objectives).mapToObj(i -> Character.toString('a' + i)).toList();
  }

  /** A step with scores of 0 and no memory. */
  static MeasuredObjectives of(GramMatrix gram) {
    return of(gram, MethodMemory.NONE, new double[gram.objectives()]);
  }

  static MeasuredObjectives of(GramMatrix gram, MethodMemory memory, double... scores) {
    return MeasuredObjectives.ofAll(
        names(gram.objectives()), gram, Arrays.stream(scores).boxed().toList(), ROLLOUTS, memory);
  }

  /** The same step with its objectives in the opposite order. */
  static MeasuredObjectives reversed(MeasuredObjectives step) {
    int m = step.objectives().size();
    double[][] rows = new double[m][m];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < m; j++) {
        rows[i][j] = step.gram().at(m - 1 - i, m - 1 - j);
      }
    }
    List<String> names = new ArrayList<>(step.objectives());
    Collections.reverse(names);
    return new MeasuredObjectives(
            names, GramMatrix.of(rows), step.meanScores(), step.rollouts(), step.memory())
        .withViolations(step.violations());
  }

  /** Shares of a, b, c and so on. */
  static Preference preference(double... shares) {
    return new Preference(byName(shares));
  }

  /** Numbers of a, b, c and so on. */
  static SortedMap<String, Double> byName(double... numbers) {
    SortedMap<String, Double> byName = new TreeMap<>();
    List<String> names = names(numbers.length);
    IntStream.range(0, numbers.length).forEach(i -> byName.put(names.get(i), numbers[i]));
    return byName;
  }
}
