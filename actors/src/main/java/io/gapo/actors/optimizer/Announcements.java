package io.gapo.actors.optimizer;

import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.VersionPublisher;
import io.gapo.core.rollout.RolloutReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What an optimizer has to publish, in which order. */
record Announcements(VersionPublisher publisher) {

  /** Something that must be durable before what follows it is published. */
  record Publication(String what, Supplier<CompletionStage<?>> send) {}

  /** A version's lineage, if it has one, then the version itself. */
  List<Publication> version(CheckpointState state, List<NamedTensor> tensors) {
    PolicySnapshot snapshot = new PolicySnapshot(state.version(), state.epoch(), tensors);
    List<Publication> publications = new ArrayList<>();
    state
        .lineage()
        .ifPresent(
            lineage ->
                publications.add(
                    new Publication(
                        "the lineage of " + lineage.version(), () -> publisher.publish(lineage))));
    publications.add(
        new Publication("policy " + state.version(), () -> publisher.publish(snapshot)));
    return publications;
  }

  /** That these rollouts, if there are any, will not be trained on. */
  List<Publication> refusal(List<RolloutReference> rollouts, long version, String reason) {
    return rollouts.isEmpty()
        ? List.of()
        : List.of(
            new Publication(
                "the refusal of %s rollouts".formatted(rollouts.size()),
                () -> publisher.publishRefusal(rollouts, version, reason)));
  }
}
