package io.gapo.core.combine;

import io.gapo.core.settings.Bounds;

/**
 * A linear map from long vectors to short ones that keeps inner products on average: every
 * coordinate is added, with a sign, to one bucket, both of which a hash of its index and the seed
 * picks (Charikar, Chen & Farach-Colton, "Finding frequent items in data streams", ICALP 2002).
 *
 * <p>Whoever shares width and seed may add sketches instead of vectors. The inner product of two
 * sketches is that of the vectors in expectation over seeds; its variance is at most {@code
 * 2‖x‖²‖y‖² / width}.
 *
 * @param width k, buckets; a power of two
 * @param seed of the hash; all who add their sketches use the same
 */
public record CountSketch(int width, long seed) {

  private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
  private static final int SIGN_BIT = 40;

  public CountSketch {
    Bounds.require(
        width >= 1 && Integer.bitCount(width) == 1, "sketch-width", "a power of two", width);
  }

  /** The sketch of a vector, shape (k). */
  public float[] of(float[] vector) {
    double[] buckets = new double[width];
    for (int i = 0; i < vector.length; i++) {
      long hash = hash(i);
      buckets[bucket(hash)] += isNegative(hash) ? -vector[i] : vector[i];
    }
    float[] narrowed = new float[width];
    for (int k = 0; k < width; k++) {
      narrowed[k] = (float) buckets[k];
    }
    return narrowed;
  }

  /** SplitMix64's i-th number from the seed on; the tensor code computes the same. */
  private long hash(long index) {
    long z = seed + (index + 1) * GOLDEN_GAMMA;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  private int bucket(long hash) {
    return (int) (hash & (width - 1));
  }

  /** By a bit that no bucket's number has. */
  private static boolean isNegative(long hash) {
    return (hash >>> SIGN_BIT & 1) == 1;
  }
}
