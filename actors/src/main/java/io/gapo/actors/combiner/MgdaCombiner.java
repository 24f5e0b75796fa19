package io.gapo.actors.combiner;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.gapo.actors.support.IdleClock;
import io.gapo.core.flow.ContributionAssembly;
import io.gapo.core.flow.ContributionAssembly.Verdict;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Weighs the objectives of a step: its collectors' gradients in, weights of their backward passes
 * out.
 *
 * <p>Protocol: {@link Combine} is answered with the step's directions, one a collector that has
 * rollouts, when it brings the last of the step's contributions, with none while others are
 * missing, or with the error of the choice. The choice is pure: what a method learns from step to
 * step comes with the gradients and goes with the direction. A contribution delivered again gets
 * its direction again, without being weighed again; another one of the same collector has the step
 * decided again for all.
 *
 * <p>What the others contributed is forgotten at a restart; they send it again when no answer
 * comes.
 */
public final class MgdaCombiner {

  /** The stage's name. */
  private static final Stage STAGE = Stage.MGDA_COMBINER;

  /** Everything the combiner understands. */
  public sealed interface Command {}

  /** Brings one collector's contribution; asks for what can be answered now. */
  public record Combine(
      ObjectiveGradients gradients, ActorRef<StatusReply<List<UpdateDirection>>> replyTo)
      implements Command {}

  /** A decision, kept to repeat it; both lists are in the order of the collectors' names. */
  private record Decision(
      List<ObjectiveGradients> contributions, List<UpdateDirection> directions) {

    List<UpdateDirection> answersTo(ObjectiveGradients gradients) {
      return directions.stream().filter(direction -> direction.answers(gradients)).toList();
    }
  }

  private final ActorContext<Command> context;
  private final Function<List<ObjectiveGradients>, List<UpdateDirection>> choice;
  private final ContributionAssembly assembly;
  private final IdleClock clock;

  private MgdaCombiner(
      ActorContext<Command> context,
      Function<List<ObjectiveGradients>, List<UpdateDirection>> choice,
      int collectors,
      PipelineListener listener) {
    this.context = context;
    this.choice = choice;
    this.assembly = new ContributionAssembly(collectors);
    this.clock = new IdleClock(STAGE, listener);
  }

  /**
   * A combiner.
   *
   * @param choice a decision of {@code core}: one direction for each of a step's contributions
   * @param collectors how many contribute to each step
   */
  public static Behavior<Command> create(
      Function<List<ObjectiveGradients>, List<UpdateDirection>> choice,
      int collectors,
      PipelineListener listener) {
    return Behaviors.setup(
        context -> new MgdaCombiner(context, choice, collectors, listener).combining(null));
  }

  /**
   * @param last the newest decision, if there is one
   */
  private Behavior<Command> combining(@Nullable Decision last) {
    return Behaviors.receive(Command.class)
        .onMessage(Combine.class, message -> combine(last, message))
        .build();
  }

  private Behavior<Command> combine(@Nullable Decision last, Combine message) {
    StatusReply<List<UpdateDirection>> nothingYet = StatusReply.success(List.of());
    Verdict verdict = assembly.add(message.gradients());
    if (verdict instanceof Verdict.Complete complete) {
      return decide(last, complete.contributions(), message);
    } else if (verdict instanceof Verdict.Ignored ignored) {
      context.getLog().error("Ignored objective gradients: {}", ignored.reason());
    } else if (verdict instanceof Verdict.Held held) {
      context.getLog().debug("{} waits for {} others", message.gradients().step(), held.missing());
    }
    message.replyTo().tell(nothingYet);
    return Behaviors.same();
  }

  /** Says when other objectives are left out than in the decision before. */
  private void logLeftOut(@Nullable Decision last, List<UpdateDirection> directions) {
    List<String> leftOut = leftOut(directions);
    if (!leftOut.equals(last == null ? List.of() : leftOut(last.directions()))) {
      context
          .getLog()
          .info("Objectives that have no gradient and are left out of the steps: {}", leftOut);
    }
  }

  private static List<String> leftOut(List<UpdateDirection> directions) {
    return directions.isEmpty() ? List.of() : directions.get(0).combination().leftOut();
  }

  private Behavior<Command> decide(
      @Nullable Decision last, List<ObjectiveGradients> contributions, Combine message) {
    if (last != null && last.contributions().equals(contributions)) {
      message.replyTo().tell(StatusReply.success(last.answersTo(message.gradients())));
      return Behaviors.same();
    }
    List<UpdateDirection> directions;
    try {
      directions = clock.call("combine", () -> choice.apply(contributions));
    } catch (RuntimeException e) {
      // The choice is pure: it left nothing behind that a restart would fix.
      context.getLog().error("Cannot weigh the objectives of {}", message.gradients().step(), e);
      message.replyTo().tell(StatusReply.error(e));
      return Behaviors.same();
    }
    message.replyTo().tell(StatusReply.success(directions));
    logLeftOut(last, directions);
    return combining(new Decision(contributions, directions));
  }
}
