package io.gapo.actors.scorer;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.gapo.actors.support.Closing;
import io.gapo.actors.support.IdleClock;
import io.gapo.actors.support.ListenerFailedException;
import io.gapo.actors.support.Reopening;
import io.gapo.core.flow.Backoff;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.port.UnscorableRolloutsException;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Owns one objective's model, learned or a rule, and scores rollouts with it, one batch at a time.
 *
 * <p>Protocol: {@link ScoreBatch} is answered with one score a rollout, in order, or with the error
 * of the model; nothing is known of any of the batch's rollouts then, and the asker may try them
 * one by one to find the culprit. Rollouts that the model says it cannot score ({@link
 * UnscorableRolloutsException}) are named in the error, and count as no failure of the model.
 *
 * <p>Scoring carries nothing from one batch to the next, so a model that failed on one batch is
 * asked again with the next. One that fails {@value #FAILURES_OF_A_BROKEN_MODEL} times in a row may
 * be broken itself and is created again. A model that cannot be made is tried again with back-off;
 * batches wait meanwhile.
 */
public final class Scorer {

  /** Everything the scorer understands. */
  public sealed interface Command {}

  /** Scores {@code rollouts}, of which there is at least one. */
  public record ScoreBatch(List<Rollout> rollouts, ActorRef<StatusReply<List<Score>>> replyTo)
      implements Command {
    public ScoreBatch {
      rollouts = List.copyOf(rollouts);
    }
  }

  private record OpenModel() implements Command {}

  static final int FAILURES_OF_A_BROKEN_MODEL = 3;

  private final ActorContext<Command> context;
  private final IdleClock clock;
  private final PipelineListener listener;

  private Scorer(ActorContext<Command> context, Stage stage, PipelineListener listener) {
    this.context = context;
    this.clock = new IdleClock(stage, listener);
    this.listener = listener;
  }

  /**
   * A scorer for one objective.
   *
   * @param stage its role, as the listener receives it: {@code reward-scorer} or {@code
   *     cost-scorer}
   * @param models makes the objective's model, at the start and after failures
   * @param backoff between attempts to make the model
   */
  public static Behavior<Command> create(
      Stage stage,
      Supplier<? extends ObjectiveModel> models,
      Backoff backoff,
      PipelineListener listener) {
    return Reopening.create(
        Scorer.class,
        models,
        model -> Behaviors.setup(context -> new Scorer(context, stage, listener).scoring(model, 0)),
        backoff,
        new OpenModel());
  }

  /**
   * @param failures of this model since it last scored a batch
   */
  private Behavior<Command> scoring(ObjectiveModel model, int failures) {
    return Behaviors.receive(Command.class)
        .onMessage(ScoreBatch.class, message -> score(model, failures, message))
        .onSignal(PreRestart.class, signal -> close(model))
        .onSignal(PostStop.class, signal -> close(model))
        .build();
  }

  private Behavior<Command> score(ObjectiveModel model, int failures, ScoreBatch message) {
    List<Score> scores;
    try {
      scores = clock.call("score", () -> scores(model, message.rollouts()));
    } catch (ListenerFailedException e) {
      context.getLog().error("Objective '{}' did not fail", model.objective(), e);
      message.replyTo().tell(StatusReply.error(e));
      return Behaviors.same();
    } catch (UnscorableRolloutsException e) {
      // The model is well: it says what it cannot do.
      context.getLog().info("{}", e.getMessage());
      message.replyTo().tell(StatusReply.error(e));
      return failures == 0 ? Behaviors.same() : scoring(model, 0);
    } catch (RuntimeException e) {
      // One bad rollout must not end the stage: whoever asked decides what becomes of it.
      message.replyTo().tell(StatusReply.error(e));
      return failed(model, failures + 1, e);
    }
    message.replyTo().tell(StatusReply.success(scores));
    listener.scored(model.objective(), mean(scores));
    return failures == 0 ? Behaviors.same() : scoring(model, 0);
  }

  private static double mean(List<Score> scores) {
    return scores.stream().mapToDouble(Score::value).average().orElseThrow();
  }

  private Behavior<Command> failed(ObjectiveModel model, int failures, RuntimeException cause) {
    context.getLog().warn("Objective '{}' failed on a batch", model.objective(), cause);
    if (failures < FAILURES_OF_A_BROKEN_MODEL) {
      return scoring(model, failures);
    }
    context
        .getLog()
        .error(
            "Objective '{}' failed {} times in a row: creating its model again",
            model.objective(),
            failures);
    throw new BrokenModelException(model.objective(), cause);
  }

  private static List<Score> scores(ObjectiveModel model, List<Rollout> rollouts) {
    double[] values = model.score(rollouts);
    if (values.length != rollouts.size()) {
      throw new IllegalStateException(
          "objective '%s' returned %s values for %s rollouts"
              .formatted(model.objective(), values.length, rollouts.size()));
    }
    List<Score> scores = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      Rollout rollout = rollouts.get(i);
      scores.add(new Score(rollout.id(), rollout.digest(), model.objective(), values[i]));
    }
    return scores;
  }

  private Behavior<Command> close(ObjectiveModel model) {
    Closing.close(model, context.getLog());
    return Behaviors.same();
  }

  /** Restarts the actor, which creates the model again. */
  private static final class BrokenModelException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BrokenModelException(String objective, Throwable cause) {
      super("the model of objective '%s' seems to be broken".formatted(objective), cause);
    }
  }
}
