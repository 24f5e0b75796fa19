package io.gapo.runtime.gradients;

/** What becomes of a micro-batch's graph between measuring the batch and going back. */
enum GraphUse {
  /** It is kept: the micro-batch is run once. */
  KEPT,
  /** It is not recorded when measuring: the micro-batch is run again for the way back. */
  AGAIN,
  /** As {@link #AGAIN}, with the graph of one layer at a time: run a third time, layer by layer. */
  BY_LAYERS
}
