package io.gapo.benchmarks.training;

import io.gapo.runtime.llama.LlamaConfig;

/**
 * Floating-point operations of a model's matrix products, 2 for each weight and token, forward. The
 * embedding is looked up; attention's own products are left out.
 */
record MatrixWork(LlamaConfig config) {

  /** The work of all layers. */
  double trunk(long tokens) {
    return config.layers() * layer(tokens);
  }

  /** The work of filling a cache: all layers, but of the last one only keys and values. */
  double cache(long tokens) {
    return trunk(tokens) - layer(tokens) + attentionInputs(tokens);
  }

  /** The work of the output layer. */
  double head(long tokens) {
    return 2.0 * config.hiddenSize() * config.vocabulary() * tokens;
  }

  private double layer(long tokens) {
    double rest = (double) config.heads() * config.headSize() + 3.0 * config.intermediateSize();
    return attentionInputs(tokens) + 2 * config.hiddenSize() * rest * tokens;
  }

  /** The work of queries, keys and values, which are one product. */
  private double attentionInputs(long tokens) {
    double heads = config.heads() + 2.0 * config.keyValueHeads();
    return 2 * config.hiddenSize() * heads * config.headSize() * tokens;
  }
}
