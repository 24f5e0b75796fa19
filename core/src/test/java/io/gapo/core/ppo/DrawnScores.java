package io.gapo.core.ppo;

import io.gapo.testing.Draw;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Batches for properties: prompts of two to six responses, scored by up to four objectives. */
final class DrawnScores {

  private DrawnScores() {}

  static GroupedScores of(Draw draw) {
    List<List<Integer>> groups = new ArrayList<>();
    int responses = 0;
    for (int prompt = draw.between(1, 5); prompt > 0; prompt--) {
      int size = draw.between(2, 6);
      groups.add(IntStream.range(responses, responses + size).boxed().toList());
      responses += size;
    }
    double[][] scores = new double[draw.between(1, 4)][responses];
    for (double[] ofObjective : scores) {
      for (int i = 0; i < responses; i++) {
        ofObjective[i] = draw.between(-3.0, 3.0);
      }
    }
    return new GroupedScores(scores, scores, groups);
  }

  /** The same with other rewards. */
  static GroupedScores rewarded(GroupedScores of, double[][] rewards) {
    return new GroupedScores(of.scores(), rewards, of.groups());
  }

  static double[] weights(Draw draw, GroupedScores scores) {
    double[] weights = new double[scores.objectives()];
    for (int k = 0; k < weights.length; k++) {
      weights[k] = draw.between(0.01, 1.0);
    }
    return weights;
  }
}
