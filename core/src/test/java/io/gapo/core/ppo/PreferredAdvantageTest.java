package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MeasuredObjectives;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.combine.Preference;
import io.gapo.core.combine.PreferenceWeighted;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PreferredAdvantageTest {

  private static final int PROMPTS = 5;
  private static final int PARAMETERS = 7;

  @Test
  void evenSharesLeaveAdvantagesAsTheyAre() {
    double[][][] advantages = {{{1, -2}, {3}}, {{4, 5}, {-6}}};

    double[][][] preferred =
        PreferredAdvantage.of(advantages, Collections.nCopies(2, new double[] {0.5, 0.5}));

    assertThat(preferred).isDeepEqualTo(advantages);
  }

  @Test
  void eachRolloutCountsByItsOwnShares() {
    double[][][] advantages = {{{1, -2}, {3}}, {{4, 5}, {-6}}};

    double[][][] preferred =
        PreferredAdvantage.of(advantages, List.of(new double[] {0.75, 0.25}, new double[] {0, 1}));

    assertThat(preferred).isDeepEqualTo(new double[][][] {{{1.5, -3}, {0}}, {{2, 2.5}, {-12}}});
  }

  /** Gradients are linear in the advantages, so here each prompt's advantage stands for its own. */
  @Cases
  void withOnePreferenceForAllTheStepIsThatOfPGapo(Draw draw) {
    long seed = draw.anyLong();
    int objectives = draw.between(1, 4);
    double first = draw.between(0.0, 1.0);
    double[][][] gradients = gradients(seed, objectives);
    double[] shares = new double[objectives];
    Arrays.fill(shares, objectives == 1 ? 1 : (1 - first) / (objectives - 1));
    shares[0] = objectives == 1 ? 1 : first;
    GramMatrix gram = gram(gradients);

    double[] step =
        step(
            PreferredAdvantage.of(gradients, Collections.nCopies(PROMPTS, shares)),
            weights(Preference.even(names(objectives)), gram));

    double[] expected = step(gradients, weights(preference(shares), gram));
    assertThat(step).containsExactly(expected, within(1e-12));
  }

  @Cases
  void theStepSumsEachPromptsSharesOfUnitLengthGradients(Draw draw) {
    long seed = draw.anyLong();
    int objectives = 3;
    double[][][] gradients = gradients(seed, objectives);
    GramMatrix gram = gram(gradients);
    SplittableRandom random = new SplittableRandom(seed + 1);
    double[][] preferences = new double[PROMPTS][];
    for (int x = 0; x < PROMPTS; x++) {
      double[] drawn = random.doubles(objectives).toArray();
      double sum = Arrays.stream(drawn).sum();
      preferences[x] = Arrays.stream(drawn).map(share -> share / sum).toArray();
    }

    double[] step =
        step(
            PreferredAdvantage.of(gradients, List.of(preferences)),
            weights(Preference.even(names(objectives)), gram));

    double[] expected = new double[PARAMETERS];
    for (int x = 0; x < PROMPTS; x++) {
      for (int i = 0; i < objectives; i++) {
        for (int k = 0; k < PARAMETERS; k++) {
          expected[k] += preferences[x][i] / gram.norm(i) * gradients[i][x][k];
        }
      }
    }
    assertThat(step).containsExactly(expected, within(1e-12));
  }

  private static double[] weights(Preference preference, GramMatrix gram) {
    List<String> names = names(gram.objectives());
    return new PreferenceWeighted(preference)
        .combine(
            MeasuredObjectives.ofAll(
                names, gram, Collections.nCopies(names.size(), 0.0), PROMPTS, MethodMemory.NONE))
        .weights();
  }

  private static List<String> names(int objectives) {
    return IntStream.range(0, objectives).mapToObj(i -> "objective-" + i).toList();
  }

  private static Preference preference(double[] shares) {
    Map<String, Double> byName = new HashMap<>();
    List<String> names = names(shares.length);
    IntStream.range(0, shares.length).forEach(i -> byName.put(names.get(i), shares[i]));
    return Preference.of(byName);
  }

  /** By objective, prompt and parameter. */
  private static double[][][] gradients(long seed, int objectives) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][][] gradients = new double[objectives][PROMPTS][];
    for (double[][] ofObjective : gradients) {
      for (int x = 0; x < PROMPTS; x++) {
        ofObjective[x] = random.doubles(PARAMETERS, -1, 1).toArray();
      }
    }
    return gradients;
  }

  private static GramMatrix gram(double[][][] gradients) {
    int objectives = gradients.length;
    double[][] rows = new double[objectives][objectives];
    for (int i = 0; i < objectives; i++) {
      for (int j = 0; j < objectives; j++) {
        double[] a = sum(gradients[i]);
        double[] b = sum(gradients[j]);
        for (int k = 0; k < PARAMETERS; k++) {
          rows[i][j] += a[k] * b[k];
        }
      }
    }
    return GramMatrix.of(rows);
  }

  private static double[] step(double[][][] gradients, double[] weights) {
    double[] step = new double[PARAMETERS];
    for (int i = 0; i < weights.length; i++) {
      double[] whole = sum(gradients[i]);
      for (int k = 0; k < PARAMETERS; k++) {
        step[k] += weights[i] * whole[k];
      }
    }
    return step;
  }

  private static double[] sum(double[][] byPrompt) {
    double[] sum = new double[PARAMETERS];
    for (double[] gradient : byPrompt) {
      for (int k = 0; k < PARAMETERS; k++) {
        sum[k] += gradient[k];
      }
    }
    return sum;
  }
}
