package io.gapo.core.ppo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * Batches with the advantages that NumPy makes of them by the papers' formulas: {@code
 * advantages.json}, written by {@code tools/fixtures/combination_vectors.py}.
 */
class AdvantageVectorsTest {

  private static final double TOLERANCE = 1e-10;

  private static final Map<String, Function<JsonNode, AdvantageCombination>> METHODS =
      Map.of(
          "gdpo", batch -> new DecoupledNormalisation(true),
          "mo-grpo", batch -> evenly(new DecoupledNormalisation(false)),
          "gd2po(1.0)", batch -> new ConflictFiltering(1),
          "gd2po(0.4)", batch -> new ConflictFiltering(0.4),
          "constrained-grpo", batch -> new ConstraintIndicators(constraints(batch)));

  @Test
  void areWhatNumPyMakesOfThem() throws IOException {
    Map<String, Double> worst = new LinkedHashMap<>();
    try (InputStream json = getClass().getResourceAsStream("advantages.json")) {
      for (JsonNode batch : new ObjectMapper().readTree(json).get("cases")) {
        GroupedScores scores =
            new GroupedScores(
                rows(batch.get("scores")), rows(batch.get("rewards")), groups(batch.get("groups")));
        double[] weights = doubles(batch.get("weights"));
        METHODS.forEach(
            (name, method) -> {
              double[] expected = doubles(batch.get("advantages").get(name));
              double[] found = method.apply(batch).combine(scores, weights);
              assertThat(found).as(name).containsExactly(expected, within(TOLERANCE));
              for (int i = 0; i < found.length; i++) {
                worst.merge(name, Math.abs(found[i] - expected[i]), Math::max);
              }
            });
      }
    }
    assertThat(worst).hasSameSizeAs(METHODS);
    System.out.println("\n| Method | worst difference of an advantage |\n|---|---|");
    worst.forEach((name, difference) -> System.out.printf("| %s | %.1e |%n", name, difference));
  }

  /** Its weights are the combiner's, which are all 1. */
  private static AdvantageCombination evenly(AdvantageCombination method) {
    return (scores, weights) -> {
      double[] ones = new double[weights.length];
      Arrays.fill(ones, 1);
      return method.combine(scores, ones);
    };
  }

  private static Set<Integer> constraints(JsonNode batch) {
    Set<Integer> constraints = new HashSet<>();
    batch.get("constraints").forEach(place -> constraints.add(place.intValue()));
    return constraints;
  }

  private static List<List<Integer>> groups(JsonNode numbers) {
    Map<Integer, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < numbers.size(); i++) {
      groups.computeIfAbsent(numbers.get(i).intValue(), number -> new ArrayList<>()).add(i);
    }
    return List.copyOf(groups.values());
  }

  private static double[][] rows(JsonNode rows) {
    return StreamSupport.stream(rows.spliterator(), false)
        .map(AdvantageVectorsTest::doubles)
        .toArray(double[][]::new);
  }

  private static double[] doubles(JsonNode numbers) {
    return StreamSupport.stream(numbers.spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }
}
