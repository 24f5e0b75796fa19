package io.gapo.runtime.llama;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The sizes and constants of a model of the Llama family.
 *
 * @param vocabulary V, tokens
 * @param hiddenSize D, width of the residual stream
 * @param intermediateSize F, width inside the feed-forward layers
 * @param layers L
 * @param heads H, query heads
 * @param keyValueHeads K, each shared by H/K query heads
 * @param headSize d, width of one head
 * @param normEpsilon added to the mean square in RMSNorm
 * @param ropeTheta base of the rotary angles
 * @param tiedEmbeddings whether the output layer is the embedding itself
 * @param maxPositions the longest sequence the model can read, never longer than a sliding window:
 *     within it, windowed attention is ordinary attention
 * @param variant what sets the model apart from the first Llama
 */
public record LlamaConfig(
    int vocabulary,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int keyValueHeads,
    int headSize,
    double normEpsilon,
    double ropeTheta,
    boolean tiedEmbeddings,
    int maxPositions,
    SpecialTokens specialTokens,
    LlamaVariant variant) {

  /** The file name in a model's directory. */
  public static final String FILE = "config.json";

  private static final String GENERATION_FILE = "generation_config.json";

  /** Far above any model's, and few enough that their names fit in memory. */
  private static final int MAX_LAYERS = 10_000;

  public LlamaConfig {
    requirePositive("vocab_size", vocabulary);
    requirePositive("hidden_size", hiddenSize);
    requirePositive("intermediate_size", intermediateSize);
    requirePositive("num_hidden_layers", layers);
    if (layers > MAX_LAYERS) {
      throw new IllegalArgumentException(
          "num_hidden_layers must be <= %s, was %s".formatted(MAX_LAYERS, layers));
    }
    requirePositive("num_attention_heads", heads);
    requirePositive("num_key_value_heads", keyValueHeads);
    requirePositive("head_dim", headSize);
    requirePositive("max_position_embeddings", maxPositions);
    if (heads % keyValueHeads != 0) {
      throw new IllegalArgumentException(
          "num_attention_heads (%s) must be a multiple of num_key_value_heads (%s)"
              .formatted(heads, keyValueHeads));
    }
    if (headSize % 2 != 0) {
      throw new IllegalArgumentException("head_dim must be even, was " + headSize);
    }
    if (!(normEpsilon > 0) || !(ropeTheta > 0)) {
      throw new IllegalArgumentException(
          "rms_norm_eps and rope_theta must be > 0, were %s and %s"
              .formatted(normEpsilon, ropeTheta));
    }
    if (maxPositions > variant.slidingWindow().orElse(Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "maxPositions must be within the sliding window of %s, was %s"
              .formatted(variant.slidingWindow().getAsInt(), maxPositions));
    }
  }

  /** A model without anything that the first Llama has not. */
  public LlamaConfig(
      int vocabulary,
      int hiddenSize,
      int intermediateSize,
      int layers,
      int heads,
      int keyValueHeads,
      int headSize,
      double normEpsilon,
      double ropeTheta,
      boolean tiedEmbeddings,
      int maxPositions,
      SpecialTokens specialTokens) {
    this(
        vocabulary,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        keyValueHeads,
        headSize,
        normEpsilon,
        ropeTheta,
        tiedEmbeddings,
        maxPositions,
        specialTokens,
        LlamaVariant.PLAIN);
  }

  private static void requirePositive(String key, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s must be >= 1, was %s".formatted(key, value));
    }
  }

  /** The longest sequence and, if a sliding window is the reason, that: for messages. */
  public String readingLimit() {
    boolean windowed = variant.slidingWindow().orElse(Integer.MAX_VALUE) == maxPositions;
    return windowed
        ? "%s tokens (its sliding_window; longer ones are not supported)".formatted(maxPositions)
        : "%s tokens".formatted(maxPositions);
  }

  /**
   * Reads the {@code config.json} of a model's directory. Where a {@code generation_config.json}
   * lies beside it, its {@code eos_token_id} adds to the tokens that end a response, after those of
   * {@code config.json}: instruct models list theirs there.
   *
   * @throws UnsupportedModelException if the model is of another architecture, or has a feature
   *     that this runtime would silently compute wrongly
   */
  public static LlamaConfig read(Path directory) {
    return LlamaConfigJson.read(
        ModelJson.read(directory.resolve(FILE)),
        ModelJson.readIfThere(directory.resolve(GENERATION_FILE)));
  }

  /**
   * Reads the configuration of a model that scores: the token at which its score stands is one of
   * {@code config.json}, and it generates nothing.
   */
  public static LlamaConfig readWithoutGeneration(Path directory) {
    return LlamaConfigJson.read(ModelJson.read(directory.resolve(FILE)), Optional.empty());
  }

  /** Writes {@code config.json} into a model's directory, for this runtime and Hugging Face's. */
  public void write(Path directory) {
    LlamaConfigJson.write(this, directory.resolve(FILE));
  }
}
