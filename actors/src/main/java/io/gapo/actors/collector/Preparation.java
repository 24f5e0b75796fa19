package io.gapo.actors.collector;

import io.gapo.core.rollout.Rollout;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the model can do for rollouts before their batch, while the collector waits: a little at a
 * time, so that what it waits for does not wait for long in turn.
 */
final class Preparation {

  /** A pack of so many tokens is computed about as fast as a larger one, per token. */
  private static final int TOKENS_AT_ONCE = 1024;

  private final GradientModel model;
  private final Runnable remind;

  /** Neither prepared nor in a batch, by id. */
  private final Map<String, Rollout> unprepared = new LinkedHashMap<>();

  private boolean isReminded;

  /**
   * @param remind asks the collector to call {@link #run} or {@link #skip} after what it has been
   *     told so far
   */
  Preparation(GradientModel model, Runnable remind) {
    this.model = model;
    this.remind = remind;
  }

  /** A rollout has come. */
  void add(Rollout rollout) {
    unprepared.put(rollout.id(), rollout);
    request();
  }

  /** A rollout is in a batch, or will never be. */
  void remove(String rolloutId) {
    unprepared.remove(rolloutId);
  }

  /** There is time, or there is more to prepare. */
  void request() {
    if (!isReminded && !unprepared.isEmpty()) {
      isReminded = true;
      remind.run();
    }
  }

  /** There is no time now; whoever has time later requests it. */
  void skip() {
    isReminded = false;
  }

  /** Prepares some rollouts, those that came first. */
  void run() {
    isReminded = false;
    if (!model.isReady()) {
      return;
    }
    List<Rollout> some = some();
    if (!some.isEmpty()) {
      model.prepare(some);
      request();
    }
  }

  private List<Rollout> some() {
    List<Rollout> some = new ArrayList<>();
    int tokens = 0;
    Iterator<Rollout> oldest = unprepared.values().iterator();
    while (oldest.hasNext() && tokens < TOKENS_AT_ONCE) {
      Rollout rollout = oldest.next();
      oldest.remove();
      some.add(rollout);
      tokens += rollout.promptTokens().length + rollout.responseTokens().length;
    }
    return some;
  }
}
