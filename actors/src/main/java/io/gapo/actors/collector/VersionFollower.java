package io.gapo.actors.collector;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.actors.support.ListenerFailedException;
import io.gapo.core.flow.KlControl;
import io.gapo.core.flow.ScoreNormalisation;
import io.gapo.core.flow.VersionGate;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.TensorsReleasedException;
import io.gapo.core.port.Failures;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import java.util.Optional;
import org.slf4j.Logger;

/** Takes a gradient collector's model and rollouts along with the policy's versions. */
final class VersionFollower {

  private final Stage stage;
  private final VersionGate gate;
  private final GradientModel model;
  private final PendingRollouts pending;
  private final ScoreNormalisation normalisation;
  private final KlControl klControl;
  private final PipelineListener listener;
  private final Logger log;

  VersionFollower(
      Stage stage,
      VersionGate gate,
      GradientModel model,
      PendingRollouts pending,
      ScoreNormalisation normalisation,
      KlControl klControl,
      PipelineListener listener,
      Logger log) {
    this.stage = stage;
    this.gate = gate;
    this.model = model;
    this.pending = pending;
    this.normalisation = normalisation;
    this.klControl = klControl;
    this.listener = listener;
    this.log = log;
  }

  /** Goes over to this snapshot if it is news, and answers. */
  void adopt(PolicySnapshot snapshot, ActorRef<StatusReply<Done>> replyTo) {
    if (!gate.isNews(snapshot)) {
      replyTo.tell(StatusReply.ack());
      return;
    }
    try {
      // Whoever brought what the model could not adopt may bring it again.
      replyTo.tell(
          attempt(snapshot).<StatusReply<Done>>map(StatusReply::error).orElseGet(StatusReply::ack));
    } catch (RuntimeException e) {
      // No fault of the model's: the actor ends.
      replyTo.tell(StatusReply.error(e));
      throw e;
    }
  }

  /**
   * Adopts this snapshot if it is still there: if it was lent and is gone, a newer one comes next.
   *
   * @return why the model could not, if it could not: the one before stays in use, with a new model
   */
  private Optional<RuntimeException> attempt(PolicySnapshot snapshot) {
    try {
      model.adopt(snapshot);
    } catch (ListenerFailedException e) {
      throw e;
    } catch (TensorsReleasedException e) {
      log.info("Skipped {}: {}", snapshot.version(), Failures.reason(e));
      return Optional.empty();
    } catch (RuntimeException e) {
      model.broke(e);
      return Optional.of(e);
    }
    gate.adopt(snapshot);
    listener.versionAdopted(stage, snapshot.version());
    return Optional.empty();
  }

  /**
   * Settles what the lineage's next version was made from.
   *
   * @return false if the version does not count
   */
  boolean read(VersionLineage lineage) {
    if (!gate.read(lineage)) {
      log.warn(
          "Ignored {} of optimizer epoch {}, which has been replaced",
          lineage.version(),
          lineage.epoch());
      return false;
    }
    normalisation.read(lineage);
    klControl.read(lineage);
    lineage.rollouts().forEach(rollout -> pending.settle(rollout.id()));
    return true;
  }
}
