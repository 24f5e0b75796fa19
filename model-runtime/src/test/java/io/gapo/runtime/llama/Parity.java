package io.gapo.runtime.llama;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;

/** What comparing a model with a fixture takes. */
public final class Parity {

  private Parity() {}

  /** The fixture's batch, padded on the right, shape (2, T). */
  public static NDArray batch(NDManager step, ParityFixture fixture) {
    long[] ids = fixture.ids();
    return step.create(ids, new Shape(ParityFixture.ROWS, ids.length / ParityFixture.ROWS));
  }

  /** Mean over the attended tokens that have one before them, of logits (2, T, V). */
  public static NDArray nextTokenLoss(NDManager step, NDArray logits, ParityFixture fixture) {
    NDArray ids = batch(step, fixture);
    int tokens = (int) ids.getShape().get(1);
    int[] lengths = fixture.expectedIntegers("lengths");
    float[] counts = new float[ParityFixture.ROWS * (tokens - 1)];
    float share = 1f / (Arrays.stream(lengths).sum() - lengths.length);
    for (int row = 0; row < lengths.length; row++) {
      Arrays.fill(counts, row * (tokens - 1), row * (tokens - 1) + lengths[row] - 1, -share);
    }
    return logits
        .get(new NDIndex(":, :-1"))
        .logSoftmax(-1)
        .gather(ids.get(new NDIndex(":, 1:")).expandDims(2), 2)
        .squeeze(2)
        .mul(step.create(counts, new Shape(ParityFixture.ROWS, tokens - 1)))
        .sum();
  }

  /** The rows that are not padding, of a batch flattened from shape (2, T, *). */
  public static float[] attended(ParityFixture fixture, float[] batch) {
    int[] lengths = fixture.expectedIntegers("lengths");
    int tokens = fixture.ids().length / ParityFixture.ROWS;
    int width = batch.length / (ParityFixture.ROWS * tokens);
    float[] rows = new float[Arrays.stream(lengths).sum() * width];
    int at = 0;
    for (int row = 0; row < lengths.length; row++) {
      System.arraycopy(batch, row * tokens * width, rows, at, lengths[row] * width);
      at += lengths[row] * width;
    }
    return rows;
  }

  /** The largest difference; not a number if one is not. */
  public static double difference(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < actual.length; i++) {
      double difference = Math.abs(actual[i] - (double) expected[i]);
      worst = difference <= worst ? worst : difference; // a NaN stays
    }
    return worst;
  }

  /** The largest difference in units of the largest value. */
  public static double relativeDifference(float[] actual, float[] expected) {
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    return difference(actual, expected) / largest;
  }
}
