package io.gapo.actors.optimizer;

import io.gapo.actors.support.Closing;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PolicyLearner;
import io.gapo.core.port.SettledHistory;
import io.gapo.core.rollout.SettledRollouts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A policy that an optimizer has made its own.
 *
 * @param state the newest checkpoint, under the optimizer's own epoch
 * @param tensors of that checkpoint
 * @param settled all that were settled before it, as far as the lineage tells
 */
record OpenedPolicy(
    PolicyLearner learner,
    CheckpointState state,
    List<NamedTensor> tensors,
    SettledRollouts settled) {

  private static final Logger LOG = LoggerFactory.getLogger(OpenedPolicy.class);

  /** Restores the newest checkpoint, or the initial policy, and begins the next epoch with it. */
  static OpenedPolicy of(PolicyLearner learner, SettledHistory history) {
    try {
      CheckpointState own = nextEpoch(learner.restore().orElseGet(OpenedPolicy::initial));
      SettledRollouts settled = history.upTo(own.version());
      // Written before the epoch is announced, so that no two optimizers share one.
      learner.save(own);
      return new OpenedPolicy(learner, own, learner.tensors(), settled);
    } catch (RuntimeException e) {
      // Its lock on the checkpoints would keep the next one out.
      Closing.close(learner, LOG);
      throw e;
    }
  }

  private static CheckpointState initial() {
    return new CheckpointState(PolicyVersion.INITIAL, 0, Optional.empty(), Map.of());
  }

  private static CheckpointState nextEpoch(CheckpointState stored) {
    return new CheckpointState(
        stored.version(), stored.epoch() + 1, stored.lineage(), stored.inputOffsets());
  }
}
