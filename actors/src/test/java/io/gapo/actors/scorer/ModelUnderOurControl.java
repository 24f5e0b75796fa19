package io.gapo.actors.scorer;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.UnscorableRolloutsException;
import io.gapo.core.rollout.Rollout;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** Returns the values the test wants, or fails when it wants that. */
final class ModelUnderOurControl implements ObjectiveModel {

  final AtomicBoolean closed = new AtomicBoolean();
  volatile double[] values = {};
  volatile boolean fails;
  volatile Map<String, String> unscorable = Map.of();

  @Override
  public String objective() {
    return "helpful";
  }

  @Override
  public double[] score(List<Rollout> rollouts) {
    if (fails) {
      throw new IllegalStateException("the device is gone");
    }
    if (!unscorable.isEmpty()) {
      throw new UnscorableRolloutsException(objective(), unscorable);
    }
    return values;
  }

  @Override
  public void close() {
    closed.set(true);
  }
}
