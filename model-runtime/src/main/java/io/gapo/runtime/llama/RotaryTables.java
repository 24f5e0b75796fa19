package io.gapo.runtime.llama;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.runtime.torch.TorchRuntime;

/**
 * Cosines and sines of the rotary position embedding (Su et al. 2021), one row a position.
 *
 * <p>Angles are rounded to single precision on the way as Hugging Face does it, because that is
 * what pretrained weights have seen.
 *
 * @param cosines shape (T, d); both halves of a row are equal
 * @param sines likewise, but for the sign: the first half's are negated, as {@code rotate} wants
 *     them
 */
public record RotaryTables(NDArray cosines, NDArray sines) {

  /** How many positions they reach. */
  long positions() {
    return cosines.getShape().get(0);
  }

  /** Tables of this many positions, in the runtime's element type. */
  public static RotaryTables of(
      TorchRuntime runtime, NDManager owner, LlamaConfig config, int positions) {
    int headSize = config.headSize();
    int half = headSize / 2;
    RopeScaling scaling = config.variant().ropeScaling();
    float[] frequencies = scaling.frequencies(config.ropeTheta(), headSize);
    float amplitude = scaling.amplitude();
    float[] cosines = new float[Math.multiplyExact(positions, headSize)];
    float[] sines = new float[cosines.length];
    for (int j = 0; j < half; j++) {
      for (int position = 0; position < positions; position++) {
        float angle = position * frequencies[j];
        int at = position * headSize + j;
        cosines[at] = cosines[at + half] = amplitude * (float) Math.cos(angle);
        sines[at + half] = amplitude * (float) Math.sin(angle);
        sines[at] = -sines[at + half];
      }
    }
    Shape shape = new Shape(positions, headSize);
    return new RotaryTables(
        runtime.tensors().converted(owner, owner.create(cosines, shape), runtime.dataType()),
        runtime.tensors().converted(owner, owner.create(sines, shape), runtime.dataType()));
  }
}
