package io.gapo.actors.scorer;

import static io.gapo.actors.Examples.rollout;
import static io.gapo.actors.Examples.score;
import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.actors.Examples;
import io.gapo.actors.FailsAtPhases;
import io.gapo.actors.RecordedEvents;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.port.UnscorableRolloutsException;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.Score;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ScorerTest {

  private static final ActorTestKit KIT = ActorTestKit.create();

  private final RecordedEvents events = new RecordedEvents();
  private final ModelUnderOurControl model = new ModelUnderOurControl();
  private final ModelUnderOurControl nextModel = new ModelUnderOurControl();
  private final Rollout first = rollout("p", 0, 0);
  private final Rollout second = rollout("p", 1, 0);

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void scoresEachRolloutInOrder() {
    model.values = new double[] {1, -2};

    StatusReply<List<Score>> reply = ask(spawn());

    assertThat(reply.getValue())
        .containsExactly(score(first, "helpful", 1), score(second, "helpful", -2));
    assertThat(events.phases).containsExactly("reward-scorer/score");
    assertThat(events.waits).containsExactly(Stage.REWARD_SCORER);
  }

  @Test
  void refusesAnotherNumberOfValues() {
    model.values = new double[] {1};

    assertThat(ask(spawn()).getError())
        .hasMessage("objective 'helpful' returned 1 values for 2 rollouts");
  }

  @Test
  void tellsTheMeanOfWhatItScored() {
    CompletableFuture<String> told = new CompletableFuture<>();
    PipelineListener listener =
        new PipelineListener() {
          @Override
          public void scored(String objective, double meanScore) {
            told.complete(objective + " " + meanScore);
          }
        };
    model.values = new double[] {1, 2};

    ask(KIT.spawn(Scorer.create(Stage.REWARD_SCORER, () -> model, Examples.QUICK, listener)));

    assertThat(told.orTimeout(2, TimeUnit.MINUTES).join()).isEqualTo("helpful 1.5");
  }

  @Test
  void refusesAValueThatIsNotFinite() {
    model.values = new double[] {1, Double.NaN};

    assertThat(ask(spawn()).getError()).hasMessageContainingAll("helpful", "p#1", "NaN");
  }

  @Test
  void keepsAModelThatFailedOnOneBatch() {
    ActorRef<Scorer.Command> scorer = spawn();

    model.fails = true;
    assertThat(ask(scorer).getError()).hasMessage("the device is gone");
    assertThat(ask(scorer).getError()).hasMessage("the device is gone");
    model.fails = false;
    model.values = new double[] {1, 2};

    assertThat(ask(scorer).isSuccess()).isTrue();
    assertThat(model.closed).isFalse();
  }

  @Test
  void makesAModelThatKeepsFailingAnew() {
    ActorRef<Scorer.Command> scorer = spawn();
    model.fails = true;
    nextModel.values = new double[] {1, 2};

    for (int i = 0; i < Scorer.FAILURES_OF_A_BROKEN_MODEL; i++) {
      assertThat(ask(scorer).getError()).hasMessage("the device is gone");
    }

    assertThat(ask(scorer).isSuccess()).isTrue();
    assertThat(model.closed).isTrue();
  }

  @Test
  void keepsAModelThatSaysWhatItCannotScore() {
    ActorRef<Scorer.Command> scorer = spawn();
    model.unscorable = Map.of("p#0", "no label");

    for (int i = 0; i <= Scorer.FAILURES_OF_A_BROKEN_MODEL; i++) {
      assertThat(ask(scorer).getError())
          .isInstanceOf(UnscorableRolloutsException.class)
          .hasMessageContainingAll("helpful", "p#0", "no label");
    }

    assertThat(model.closed).isFalse();
  }

  @Test
  void countsOnlyFailuresInARow() {
    ActorRef<Scorer.Command> scorer = spawn();
    model.values = new double[] {1, 2};

    for (int i = 0; i < 2 * Scorer.FAILURES_OF_A_BROKEN_MODEL; i++) {
      model.fails = true;
      assertThat(ask(scorer).isError()).isTrue();
      model.fails = false;
      assertThat(ask(scorer).isSuccess()).isTrue();
    }

    assertThat(model.closed).isFalse();
  }

  @Test
  void keepsBatchesWhileItsModelCannotBeMade() {
    Queue<Supplier<ObjectiveModel>> supply =
        new ArrayDeque<>(List.of(ScorerTest::notYet, ScorerTest::notYet, () -> model));
    model.values = new double[] {1, 2};

    ActorRef<Scorer.Command> scorer =
        KIT.spawn(
            Scorer.create(Stage.COST_SCORER, () -> supply.remove().get(), Examples.QUICK, events));

    assertThat(ask(scorer).isSuccess()).isTrue();
  }

  @Test
  void freesItsModelAtTheEnd() {
    ActorRef<Scorer.Command> scorer = spawn();

    KIT.stop(scorer);

    assertThat(model.closed).isTrue();
  }

  @Test
  void keepsAModelWhoseTimesAListenerCannotTake() {
    model.values = new double[] {1, 2};
    Queue<ObjectiveModel> supply = new ArrayDeque<>(List.of(model, nextModel));
    ActorRef<Scorer.Command> scorer =
        KIT.spawn(
            Scorer.create(
                Stage.REWARD_SCORER, supply::remove, Examples.QUICK, new FailsAtPhases("score")));

    for (int i = 0; i <= Scorer.FAILURES_OF_A_BROKEN_MODEL; i++) {
      assertThat(ask(scorer).getError()).hasMessageEndingWith("cannot time score");
    }

    assertThat(model.closed).isFalse();
  }

  private static ObjectiveModel notYet() {
    throw new IllegalStateException("the model is not on disk yet");
  }

  private ActorRef<Scorer.Command> spawn() {
    Queue<ObjectiveModel> supply = new ArrayDeque<>(List.of(model, nextModel));
    return KIT.spawn(Scorer.create(Stage.REWARD_SCORER, supply::remove, Examples.QUICK, events));
  }

  private StatusReply<List<Score>> ask(ActorRef<Scorer.Command> scorer) {
    TestProbe<StatusReply<List<Score>>> asker = KIT.createTestProbe();
    scorer.tell(new Scorer.ScoreBatch(List.of(first, second), asker.ref()));
    return asker.receiveMessage();
  }
}
