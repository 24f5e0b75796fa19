package io.gapo.actors.combiner;

import static io.gapo.actors.Examples.direction;
import static io.gapo.actors.Examples.gradients;
import static io.gapo.actors.Examples.rollout;
import static io.gapo.actors.Examples.step;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.actors.Examples;
import io.gapo.actors.RecordedEvents;
import io.gapo.core.combine.GradientAdaptive;
import io.gapo.core.combine.LinearGradients;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.KlWatch;
import io.gapo.core.step.DirectionChoice;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import io.gapo.core.step.UpdateDirection;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class MgdaCombinerTest {

  private static final ActorTestKit KIT = ActorTestKit.create();

  private final RecordedEvents events = new RecordedEvents();
  private final Queue<List<ObjectiveGradients>> chosen = new ConcurrentLinkedQueue<>();
  private final ActorRef<MgdaCombiner.Command> combiner =
      KIT.spawn(MgdaCombiner.create(this::choose, 1, events));
  private final ActorRef<MgdaCombiner.Command> pair = spawnPair();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void answersWithTheDirectionChosen() {
    assertThat(ask(combiner, gradients(step(0, 0), rollout("p", 0, 0))).getValue())
        .containsExactly(direction(step(0, 0)));
    assertThat(events.phases).containsExactly("mgda-combiner/combine");
  }

  @Test
  void choosesOnceForGradientsDeliveredAgain() {
    ask(combiner, gradients(step(0, 0), rollout("p", 0, 0)));
    ask(combiner, gradients(step(0, 0), rollout("p", 0, 0)));

    assertThat(chosen).hasSize(1);
  }

  @Test
  void choosesAgainForOtherGradientsOfTheSameStep() {
    ask(combiner, gradients(step(0, 0), rollout("p", 0, 0)));
    ask(combiner, gradients(step(0, 0), rollout("q", 0, 0)));

    assertThat(chosen).hasSize(2);
  }

  @Test
  void tellsTheAskerWhenTheChoiceFailsAndContinues() {
    ActorRef<MgdaCombiner.Command> failing =
        KIT.spawn(
            MgdaCombiner.create(
                parts -> {
                  if (parts.get(0).step().attempt() == 0) {
                    throw new IllegalStateException("no direction");
                  }
                  return choose(parts);
                },
                1,
                events));

    assertThat(ask(failing, gradients(step(0, 0), rollout("p", 0, 0))).getError())
        .hasMessage("no direction");
    assertThat(ask(failing, gradients(step(0, 1), rollout("p", 0, 0))).isSuccess()).isTrue();
  }

  // Several collectors

  @Test
  void decidesOnceForAllWhenTheLastContributionComes() {
    assertThat(ask(pair, contribution("a", 1)).getValue()).isEmpty();
    List<UpdateDirection> directions = ask(pair, contribution("b", 2)).getValue();

    assertThat(directions).extracting(each -> each.step().collector()).containsExactly("a", "b");
    assertThat(directions.get(0).isSameDecisionAs(directions.get(1))).isTrue();
    assertThat(chosen).hasSize(1);
  }

  @Test
  void answersARepeatWithTheSameDirectionToItsSenderOnly() {
    ask(pair, contribution("a", 1));
    List<UpdateDirection> directions = ask(pair, contribution("b", 2)).getValue();

    assertThat(ask(pair, contribution("a", 1)).getValue()).containsExactly(directions.get(0));
    assertThat(chosen).hasSize(1);
  }

  @Test
  void decidesAgainForAllWhenACollectorComesBackWithAnotherBatch() {
    ask(pair, contribution("a", 1));
    List<UpdateDirection> before = ask(pair, contribution("b", 2)).getValue();
    List<UpdateDirection> after = ask(pair, contribution("a", 3)).getValue();

    assertThat(after).hasSize(2);
    assertThat(after.get(1).answers(contribution("b", 2))).isTrue();
    assertThat(after.get(1).isSameDecisionAs(before.get(1))).isFalse();
  }

  @Test
  void decidesTheSameAfterARestartWhenAllHaveSentAgain() {
    ask(pair, contribution("a", 1));
    List<UpdateDirection> before = ask(pair, contribution("b", 2)).getValue();
    ActorRef<MgdaCombiner.Command> restarted = spawnPair();

    assertThat(ask(restarted, contribution("b", 2)).getValue()).isEmpty();
    assertThat(ask(restarted, contribution("a", 1)).getValue()).isEqualTo(before);
  }

  @Test
  void gradientsThatCannotBeAddedGetNoDirection() {
    ask(pair, contribution("a", 1));

    assertThat(ask(pair, gradients(step(0, 0), rollout("p", 0, 0))).getValue()).isEmpty();
    assertThat(chosen).isEmpty();
  }

  private ActorRef<MgdaCombiner.Command> spawnPair() {
    DirectionChoice choice = new DirectionChoice(GradientAdaptive.mgda(), new KlWatch(1));
    return KIT.spawn(
        MgdaCombiner.create(
            parts -> {
              chosen.add(parts);
              return choice.chooseForAll(parts);
            },
            2,
            events));
  }

  private List<UpdateDirection> choose(List<ObjectiveGradients> parts) {
    chosen.add(parts);
    return parts.stream().map(part -> direction(part.step())).toList();
  }

  /** A contribution of one rollout with orthogonal gradients of lengths 1 and {@code length}. */
  private static ObjectiveGradients contribution(String collector, int length) {
    LinearGradients linear = new LinearGradients(2, null, new float[][] {{1, 0}, {0, length}});
    return new ObjectiveGradients(
        new StepId(PolicyVersion.INITIAL, 0, collector),
        new MeasuredBatch(
            LinearGradients.gramOfUnion(List.of(linear), new double[] {1}),
            Optional.empty(),
            Examples.statistics(1),
            Optional.of(linear)),
        Examples.references(rollout(collector + length, 0, 0)),
        MethodMemory.NONE);
  }

  private static StatusReply<List<UpdateDirection>> ask(
      ActorRef<MgdaCombiner.Command> combiner, ObjectiveGradients gradients) {
    TestProbe<StatusReply<List<UpdateDirection>>> asker = KIT.createTestProbe();
    combiner.tell(new MgdaCombiner.Combine(gradients, asker.ref()));
    return asker.receiveMessage();
  }
}
