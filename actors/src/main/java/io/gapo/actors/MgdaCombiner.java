package io.gapo.actors;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.pattern.StatusReply;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.UpdateDirection;
import io.gapo.core.telemetry.PipelineListener;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Weighs the objectives of a step: Gram matrix in, weights of the step's one backward pass out.
 *
 * <p>Protocol: {@link Combine} is answered with the step's direction, or with the error of the
 * choice. The choice is pure: what a method learns from step to step comes with the gradients and
 * goes with the direction. The same gradients delivered again get the same direction without being
 * weighed again.
 */
public final class MgdaCombiner {

  /** The stage's name. */
  public static final String STAGE = "mgda-combiner";

  /** Everything the combiner understands. */
  public sealed interface Command {}

  /** Asks for the direction of {@code gradients}. */
  public record Combine(
      ObjectiveGradients gradients, ActorRef<StatusReply<UpdateDirection>> replyTo)
      implements Command {}

  private final ActorContext<Command> context;
  private final Function<ObjectiveGradients, UpdateDirection> choice;
  private final IdleClock clock;

  private MgdaCombiner(
      ActorContext<Command> context,
      Function<ObjectiveGradients, UpdateDirection> choice,
      PipelineListener listener) {
    this.context = context;
    this.choice = choice;
    this.clock = new IdleClock(STAGE, listener);
  }

  /** A combiner that weighs by {@code choice}, a decision of {@code core}. */
  public static Behavior<Command> create(
      Function<ObjectiveGradients, UpdateDirection> choice, PipelineListener listener) {
    return Behaviors.setup(
        context -> new MgdaCombiner(context, choice, listener).combining(Map.of()));
  }

  /** One decision, kept to repeat it. */
  private record Decision(ObjectiveGradients gradients, UpdateDirection direction) {}

  /**
   * @param last each collector's last decision
   */
  private Behavior<Command> combining(Map<String, Decision> last) {
    return Behaviors.receive(Command.class)
        .onMessage(Combine.class, message -> combine(last, message))
        .build();
  }

  private Behavior<Command> combine(Map<String, Decision> last, Combine message) {
    ObjectiveGradients gradients = message.gradients();
    String collector = gradients.step().collector();
    Decision known = last.get(collector);
    if (known != null && known.gradients().equals(gradients)) {
      message.replyTo().tell(StatusReply.success(known.direction()));
      return Behaviors.same();
    }
    UpdateDirection direction;
    try {
      direction = clock.call("combine", () -> choice.apply(gradients));
    } catch (RuntimeException e) {
      // The choice is pure: it left nothing behind that a restart would mend.
      context.getLog().error("Cannot weigh the objectives of {}", gradients.step(), e);
      message.replyTo().tell(StatusReply.error(e));
      return Behaviors.same();
    }
    message.replyTo().tell(StatusReply.success(direction));
    Map<String, Decision> decisions = new HashMap<>(last);
    decisions.put(collector, new Decision(gradients, direction));
    return combining(Map.copyOf(decisions));
  }
}
