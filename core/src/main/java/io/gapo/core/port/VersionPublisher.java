package io.gapo.core.port;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.rollout.RolloutReference;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Where the optimizer's results go. Each stage completes when the result is durable. */
public interface VersionPublisher {

  /** What made a version; published before {@link #publish(PolicySnapshot)} of that version. */
  CompletionStage<?> publish(VersionLineage lineage);

  /** The version itself: from now on it may be sampled from and improved. */
  CompletionStage<?> publish(PolicySnapshot snapshot);

  /** That these rollouts will not be trained on, because the step they were part of was refused. */
  CompletionStage<?> publishRefusal(List<RolloutReference> rollouts, long version, String reason);
}
