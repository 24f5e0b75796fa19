package io.gapo.core.port;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A stage of the pipeline; in the order in which a prompt passes them. */
public enum Stage {
  ROLLOUT_GENERATOR,
  REWARD_SCORER,
  COST_SCORER,
  GRADIENT_COLLECTOR,
  MGDA_COMBINER,
  OPTIMIZER;

  private final String text = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The stage of that name, if there is one. */
  public static Optional<Stage> of(String text) {
    return all().filter(stage -> stage.text.equals(text)).findFirst();
  }

  /** All names, for messages. */
  public static List<String> names() {
    return all().map(Stage::text).toList();
  }

  private static Stream<Stage> all() {
    return Arrays.stream(values());
  }

  /**
   * As users name it: {@code --role rollout-generator}; so are its consumer groups, its dispatcher
   * and its meters' tags.
   */
  public String text() {
    return text;
  }

  /** Whether it scores objectives, each of which names one of these. */
  public boolean scores() {
    return this == REWARD_SCORER || this == COST_SCORER;
  }

  /** Whether it holds the policy, or the adapter that is trained in its place. */
  public boolean holdsPolicy() {
    return this == ROLLOUT_GENERATOR || this == GRADIENT_COLLECTOR || this == OPTIMIZER;
  }

  /** Returns {@link #text}. */
  @Override
  public String toString() {
    return text;
  }
}
