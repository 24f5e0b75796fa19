package io.gapo.ops.config;

import io.gapo.core.ppo.ScoreNormaliser;
import java.util.Set;

/** Reads an objective's {@code normalise} block; reference.conf explains the kinds. */
final class NormaliserConfig {

  private static final int DEFAULT_WINDOW = 50;

  /** The normalisers that there are. */
  private enum Kind {
    NONE,
    FIXED,
    RUNNING
  }

  private NormaliserConfig() {}

  /**
   * The normaliser of an objective.
   *
   * @param objective its block, which may have none
   */
  static ScoreNormaliser of(Block objective) {
    if (!objective.has("normalise")) {
      return ScoreNormaliser.none();
    }
    Block normalise = objective.block("normalise");
    normalise.required("kind");
    Kind kind = normalise.oneOf("kind", Kind.class);
    normalise.requireOnly(Set.of("kind"), keys(kind), "kind = " + Block.spelling(kind));
    return normalise.make(
        () ->
            switch (kind) {
              case NONE -> ScoreNormaliser.none();
              case FIXED ->
                  new ScoreNormaliser.Fixed(
                      normalise.has("shift") ? normalise.number("shift") : 0,
                      normalise.has("scale") ? normalise.number("scale") : 1);
              case RUNNING ->
                  new ScoreNormaliser.Running(normalise.wholeNumber("window", DEFAULT_WINDOW));
            });
  }

  private static Set<String> keys(Kind kind) {
    return switch (kind) {
      case NONE -> Set.of();
      case FIXED -> Set.of("shift", "scale");
      case RUNNING -> Set.of("window");
    };
  }
}
