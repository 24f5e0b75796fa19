package io.gapo.runtime.llama;

/**
 * How the rotary frequencies of a model's training are changed so that it reads longer texts, as
 * {@code rope_scaling} in {@code config.json} says.
 *
 * <p>Frequencies are in radians a position, in single precision as Hugging Face computes them.
 */
public sealed interface RopeScaling {

  /** The frequency of each of the d/2 rotated pairs of a head, fastest first. */
  float[] frequencies(double theta, int headSize);

  /** What cosines and sines are multiplied by. */
  default float amplitude() {
    return 1;
  }

  private static float[] unscaled(double theta, int headSize) {
    float[] frequencies = new float[headSize / 2];
    for (int j = 0; j < frequencies.length; j++) {
      float exponent = (float) (2 * j) / headSize;
      frequencies[j] = 1 / (float) Math.pow(theta, exponent);
    }
    return frequencies;
  }

  private static void requireFactor(double factor) {
    if (!(factor >= 1)) {
      throw new IllegalArgumentException("rope factor must be >= 1, was " + factor);
    }
  }

  private static void requirePositions(int originalPositions) {
    if (originalPositions < 1) {
      throw new IllegalArgumentException(
          "original_max_position_embeddings must be >= 1, was " + originalPositions);
    }
  }

  /** As trained. */
  enum Unscaled implements RopeScaling {
    INSTANCE;

    @Override
    public float[] frequencies(double theta, int headSize) {
      return unscaled(theta, headSize);
    }
  }

  /**
   * Positions {@code factor} times as dense (Chen et al. 2023, "Extending Context Window of Large
   * Language Models via Positional Interpolation").
   */
  record Linear(double factor) implements RopeScaling {

    public Linear {
      requireFactor(factor);
    }

    @Override
    public float[] frequencies(double theta, int headSize) {
      float[] frequencies = unscaled(theta, headSize);
      for (int j = 0; j < frequencies.length; j++) {
        frequencies[j] /= (float) factor;
      }
      return frequencies;
    }
  }

  /**
   * Llama 3.1's: slow rotations are divided by {@code factor}, fast ones stay, and those between
   * are blended by how often they turn within the original context (Grattafiori et al. 2024).
   *
   * @param lowTurns rotations that turn fewer times than this are slow
   * @param highTurns rotations that turn more times than this are fast
   * @param originalPositions the context of pre-training, tokens
   */
  record Llama3(double factor, double lowTurns, double highTurns, int originalPositions)
      implements RopeScaling {

    public Llama3 {
      requireFactor(factor);
      requirePositions(originalPositions);
      if (!(lowTurns > 0 && highTurns > lowTurns)) {
        throw new IllegalArgumentException(
            "expected 0 < low_freq_factor < high_freq_factor, were %s and %s"
                .formatted(lowTurns, highTurns));
      }
    }

    @Override
    public float[] frequencies(double theta, int headSize) {
      float[] frequencies = unscaled(theta, headSize);
      for (int j = 0; j < frequencies.length; j++) {
        float frequency = frequencies[j];
        double turns = originalPositions * frequency / (2 * Math.PI);
        double kept = Math.max(0, Math.min(1, (turns - lowTurns) / (highTurns - lowTurns)));
        frequencies[j] = (float) ((1 - kept) * frequency / factor + kept * frequency);
      }
      return frequencies;
    }
  }

  /**
   * YaRN (Peng et al. 2023): rotations that turn often within the original context stay, rare ones
   * are divided by {@code factor}, with a linear ramp over the pairs between; attention is
   * sharpened by the amplitude.
   *
   * @param fastTurns where the ramp begins, in turns within the original context
   * @param slowTurns where it ends
   * @param originalPositions the context of pre-training, tokens
   */
  record Yarn(
      double factor, double fastTurns, double slowTurns, int originalPositions, float amplitude)
      implements RopeScaling {

    public Yarn {
      requireFactor(factor);
      requirePositions(originalPositions);
      if (!(slowTurns > 0 && fastTurns > slowTurns)) {
        throw new IllegalArgumentException(
            "expected 0 < beta_slow < beta_fast, were %s and %s".formatted(slowTurns, fastTurns));
      }
      if (!(amplitude > 0)) {
        throw new IllegalArgumentException("attention_factor must be > 0, was " + amplitude);
      }
    }

    /** The amplitude that the paper fits, equation 22. */
    static float fittedAmplitude(double factor) {
      return (float) (0.1 * Math.log(factor) + 1);
    }

    @Override
    public float[] frequencies(double theta, int headSize) {
      double first = Math.max(0, Math.floor(pairTurning(fastTurns, theta, headSize)));
      double last = Math.min(headSize - 1, Math.ceil(pairTurning(slowTurns, theta, headSize)));
      double width = first == last ? 0.001 : last - first;
      float[] frequencies = unscaled(theta, headSize);
      for (int j = 0; j < frequencies.length; j++) {
        double interpolated = Math.max(0, Math.min(1, (j - first) / width));
        double frequency = frequencies[j];
        frequencies[j] =
            (float) (interpolated * frequency / factor + (1 - interpolated) * frequency);
      }
      return frequencies;
    }

    /** The pair, a real number, that turns this many times within the original context. */
    private double pairTurning(double turns, double theta, int headSize) {
      double wavelengths = originalPositions / (turns * 2 * Math.PI);
      return headSize * Math.log(wavelengths) / (2 * Math.log(theta));
    }
  }
}
