package io.gapo.core.combine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;

/**
 * Gradient matrices with every method's exact answer, computed in 80-digit arithmetic or better and
 * proved by the conditions of optimality: {@code vectors.json}, in part by {@code
 * tools/fixtures/combination_vectors.py}.
 */
final class Vectors {

  private static final double TOLERANCE = 1e-12;

  private static final List<Case> CASES = read();

  /** The worst distance of a direction by method. */
  private static final Map<String, Found> WORST = new ConcurrentSkipListMap<>();

  /**
   * How far a direction was from the exact one.
   *
   * @param distance as a share of the length it is held against
   */
  private record Found(String matrix, double distance) {

    Found or(Found other) {
      return other.distance > distance ? other : this;
    }
  }

  /**
   * One gradient matrix.
   *
   * @param gradients ascent gradients, shape (M, n)
   */
  record Case(String name, double[][] gradients, GramMatrix gram, JsonNode methods) {}

  private Vectors() {}

  /** One test a matrix for which the method has an answer: that {@code combiner} finds it. */
  static Stream<DynamicTest> check(
      String method, double power, Function<JsonNode, GramCombiner> combiner) {
    return CASES.stream()
        .filter(vector -> !vector.methods().get(method).isNull())
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    method + " " + vector.name(),
                    () ->
                        WORST.merge(
                            method,
                            check(vector, vector.methods().get(method), power, combiner),
                            Found::or)));
  }

  /** Prints what was found, for docs. */
  static void report() {
    System.out.println(
        "\n| Method | worst relative distance of a direction | matrix |\n|---|---|---|");
    WORST.forEach(
        (method, worst) ->
            System.out.printf("| %s | %.1e | %s |%n", method, worst.distance(), worst.matrix()));
  }

  /** The matrices for which the method has no answer. */
  static Stream<GramMatrix> undefined(String method) {
    return CASES.stream().filter(vector -> vector.methods().get(method).isNull()).map(Case::gram);
  }

  private static Found check(
      Case vector, JsonNode expected, double power, Function<JsonNode, GramCombiner> combiner) {
    Combination combination = combiner.apply(expected).combine(vector.gram());

    double[] direction = direction(vector.gradients(), combination.weights());
    double[] expectedDirection = doubles(expected.get("direction"));
    double scale = Math.max(norm(expectedDirection), shortestRescaledNorm(vector.gram(), power));
    double tolerance =
        Math.max(TOLERANCE, 100 * expected.get("f64_reference_rel_err").doubleValue()) * scale;
    assertThat(distance(direction, expectedDirection))
        .as("distance of the direction, as a multiple of its tolerance %s", tolerance)
        .isLessThanOrEqualTo(tolerance);
    if (expected.get("weights_unique").booleanValue()) {
      double[] expectedWeights = doubles(expected.get("weights"));
      for (int i = 0; i < expectedWeights.length; i++) {
        // A weight matters by how far it moves the direction.
        assertThat(combination.weights()[i] * vector.gram().norm(i))
            .as("weight %d times its gradient's norm", i)
            .isCloseTo(
                expectedWeights[i] * vector.gram().norm(i),
                within(tolerance * weightSlack(vector.gram())));
      }
    }
    double apart = distance(direction, expectedDirection);
    return new Found(vector.name(), scale == 0 ? 0 : apart / scale);
  }

  /** A direction does not determine the weights of gradients any better than they differ. */
  private static double weightSlack(GramMatrix gram) {
    double slack = 1;
    for (int i = 0; i < gram.objectives(); i++) {
      for (int j = 0; j < i; j++) {
        double sine = Math.sqrt(1 - gram.cosine(i, j) * gram.cosine(i, j));
        slack = Math.max(slack, 1 / Math.max(1e-4, sine));
      }
    }
    return slack;
  }

  private static double shortestRescaledNorm(GramMatrix gram, double power) {
    double shortest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < gram.objectives(); i++) {
      if (gram.norm(i) > 0 || power == 0) {
        shortest = Math.min(shortest, Math.pow(gram.norm(i), 1 - power));
      }
    }
    return Double.isInfinite(shortest) ? 0 : shortest;
  }

  private static double[] direction(double[][] gradients, double[] weights) {
    double[] direction = new double[gradients[0].length];
    for (int i = 0; i < weights.length; i++) {
      for (int k = 0; k < direction.length; k++) {
        direction[k] += weights[i] * gradients[i][k];
      }
    }
    return direction;
  }

  private static double norm(double[] vector) {
    return Math.sqrt(Arrays.stream(vector).map(x -> x * x).sum());
  }

  private static double distance(double[] a, double[] b) {
    double square = 0;
    for (int k = 0; k < a.length; k++) {
      square += (a[k] - b[k]) * (a[k] - b[k]);
    }
    return Math.sqrt(square);
  }

  static double[] doubles(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .mapToDouble(JsonNode::doubleValue)
        .toArray();
  }

  private static double[][] rows(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false)
        .map(Vectors::doubles)
        .toArray(double[][]::new);
  }

  private static List<Case> read() {
    try (InputStream json = Vectors.class.getResourceAsStream("vectors.json")) {
      return StreamSupport.stream(
              new ObjectMapper().readTree(json).get("cases").spliterator(), false)
          .map(
              node ->
                  new Case(
                      node.get("name").textValue(),
                      rows(node.get("J")),
                      GramMatrix.of(rows(node.get("gram"))),
                      node.get("methods")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
