package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.core.combine.CountSketch;
import io.gapo.core.combine.LinearGradients;
import io.gapo.runtime.learning.GradientSum;
import java.time.Duration;

/**
 * Settings under {@code gapo.training.gradient-sum}, of use where there are several gradient
 * collectors; units and defaults are in reference.conf.
 */
public record GradientSumConfig(
    long exactBytes, int sketchWidth, long sketchSeed, Duration shortBatchAfter) {

  private static final String ROOT = "gapo.training.gradient-sum.";

  /** With the batch's references, fits into the largest record that brokers take by default. */
  private static final long RECORD_BYTES = 900_000;

  public GradientSumConfig {
    if (exactBytes < 0 || exactBytes > RECORD_BYTES) {
      throw new ConfigurationException(
          "%sexact-bytes must be in [0, %s], which one record holds, was %s"
              .formatted(ROOT, RECORD_BYTES, exactBytes));
    }
    if (sketchWidth < 1 || Integer.bitCount(sketchWidth) != 1) {
      throw new ConfigurationException(
          "%ssketch-width must be a power of two, was %s".formatted(ROOT, sketchWidth));
    }
    if (shortBatchAfter.isNegative() || shortBatchAfter.isZero()) {
      throw new ConfigurationException(
          "%sshort-batch-after must be > 0, was %s".formatted(ROOT, shortBatchAfter));
    }
  }

  static GradientSumConfig from(Config root) {
    Config settings = root.getConfig("gapo.training.gradient-sum");
    return new GradientSumConfig(
        WholeNumber.longAt(root, ROOT + "exact-bytes"),
        WholeNumber.intAt(root, ROOT + "sketch-width"),
        WholeNumber.longAt(root, ROOT + "sketch-seed"),
        settings.getDuration("short-batch-after"));
  }

  /** Refuses sketches that no record holds. */
  GradientSum sumOf(int objectives) {
    long bytes = LinearGradients.bytes(objectives, sketchWidth);
    if (bytes > RECORD_BYTES) {
      throw new ConfigurationException(
          "%ssketch-width %s makes %s bytes for %s objectives, one record holds %s: halve it"
              .formatted(ROOT, sketchWidth, bytes, objectives, RECORD_BYTES));
    }
    return new GradientSum(exactBytes, new CountSketch(sketchWidth, sketchSeed));
  }
}
