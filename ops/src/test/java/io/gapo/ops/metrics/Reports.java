package io.gapo.ops.metrics;

import io.gapo.core.lineage.Settlement;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import java.time.Duration;

/** Reports of stages that do not run, with figures that are easy to recognize. */
final class Reports {

  private Reports() {}

  /** Everything but a version made. */
  static void oneOfEach(PipelineListener meters) {
    meters.tokensSampled(5);
    meters.rolloutFinished(
        new Rollout(
            "p",
            0,
            "hi",
            "ho",
            new int[] {1},
            new int[] {2, 3},
            new float[] {-1, -1},
            new long[] {0, 0},
            FinishReason.END_OF_SEQUENCE,
            1));
    meters.outstandingRollouts(3, 8);
    meters.phase(Stage.ROLLOUT_GENERATOR, "decode", Duration.ofMillis(250));
    meters.waited(Stage.OPTIMIZER, Duration.ofSeconds(2));
    meters.recordTaken(Stage.OPTIMIZER, "gapo.policy-gradients", Duration.ofMillis(5));
    meters.scoresAwaited("tone", 3, Duration.ofMillis(1500));
    meters.quarantined(Stage.ROLLOUT_GENERATOR, "gapo.prompts");
    meters.transferSkipped(Stage.OPTIMIZER, "gapo.policy-gradients", "a chunk is missing");
    meters.settled(
        new Settlement(
            new RolloutReference("p#0", "d", "p", 0, "t"), Settlement.Fate.STALE, 3, "too old"));
    meters.settledSkipped(Stage.GRADIENT_COLLECTOR);
    meters.versionAdopted(Stage.OPTIMIZER, new PolicyVersion(7));
    meters.stepRefused("the gradient of x is not finite");
  }
}
