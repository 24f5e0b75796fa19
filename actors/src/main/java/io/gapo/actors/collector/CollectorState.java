package io.gapo.actors.collector;

import java.util.EnumSet;
import java.util.Set;

/** The states of a gradient collector, drawn in {@link GradientCollector}, and their order. */
enum CollectorState {
  /** There is no version to improve, or its lineage has not been read. */
  CATCHING_UP,
  /** The model broke and has not been created again. */
  AWAITING_MODEL,
  /** A batch may be measured as soon as there is one. */
  GATHERING,
  /** A batch is measured; the combiner decides. */
  AWAITING_DIRECTION,
  /** The batch is differentiated; the optimizer makes the next version. */
  AWAITING_VERSION,
  /** The optimizer refused the step; the lineage has not named all of its rollouts. */
  AWAITING_REFUSALS;

  /**
   * The next state.
   *
   * @throws IllegalStateException if it cannot follow this one
   */
  CollectorState to(CollectorState next) {
    if (!successors().contains(next)) {
      throw new IllegalStateException(
          "a gradient collector that is %s cannot become %s; this is a bug".formatted(this, next));
    }
    return next;
  }

  /** A message that cannot come in this state. */
  IllegalStateException unexpected(Object message) {
    return new IllegalStateException(
        "a gradient collector that is %s was told %s; this is a bug"
            .formatted(this, message.getClass().getSimpleName()));
  }

  /** What may follow; a state that follows itself begins again. */
  private Set<CollectorState> successors() {
    return switch (this) {
      case CATCHING_UP, AWAITING_MODEL, AWAITING_REFUSALS ->
          EnumSet.of(CATCHING_UP, AWAITING_MODEL, GATHERING);
      case GATHERING -> EnumSet.of(CATCHING_UP, AWAITING_MODEL, GATHERING, AWAITING_DIRECTION);
      case AWAITING_DIRECTION -> EnumSet.complementOf(EnumSet.of(AWAITING_DIRECTION));
      case AWAITING_VERSION -> EnumSet.complementOf(EnumSet.of(AWAITING_DIRECTION));
    };
  }
}
