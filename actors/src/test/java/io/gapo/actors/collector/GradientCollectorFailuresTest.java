package io.gapo.actors.collector;

import static io.gapo.actors.Examples.lineage;
import static io.gapo.actors.Examples.refused;
import static io.gapo.actors.Examples.rollout;
import static io.gapo.actors.Examples.snapshot;
import static io.gapo.actors.Examples.step;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.pattern.StatusReply;
import io.gapo.actors.Examples;
import io.gapo.actors.FailsAtPhases;
import io.gapo.actors.FailsAtVersions;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.Settlement.Fate;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.policy.TensorsReleasedException;
import io.gapo.core.port.PolicyGradients;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ObjectiveGradients;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What becomes of rollouts when something fails or a batch is refused. */
class GradientCollectorFailuresTest extends GradientCollectorFixture {

  private static final ActorTestKit KIT = ActorTestKit.create();

  GradientCollectorFailuresTest() {
    super(KIT);
  }

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Nested
  class Refusals {

    @Test
    void refusesABatchWithAnObjectiveThatIsNotFiniteAndContinues() {
      model.measureFailures.add(GradientsUnderOurControl.notFinite());
      beginAt(0);
      TestProbe<StatusReply<Done>> settled = complete("p", 0);
      complete("q", 0);

      assertThat(steps.gradients().step()).isEqualTo(step(0, 1));
      Settlement settlement = steps.settlement();
      assertThat(settlement.fate()).isEqualTo(Fate.REFUSED);
      assertThat(settlement.reason()).contains("'helpful'");
      expectAcks(settled, 6);
      assertThat(events.refusals)
          .containsExactly("objective 'helpful': the surrogate is not finite");
      assertThat(events.settledIds()).containsExactly("p#0", "p#1");
    }

    @Test
    void refusesABatchWhoseBackwardPassIsNotFinite() {
      model.backwardFailures.add(GradientsUnderOurControl.notFinite());
      beginAt(0);
      complete("p", 0);
      complete("q", 0);

      answer(steps.gradients());

      assertThat(steps.settlement().rollout().id()).isEqualTo("p#0");
      assertThat(ids(steps.gradients())).containsExactly("q#0", "q#1");
      assertThat(model.calls()).contains("discard");
    }

    @Test
    void makesTheNextAttemptWhenTheOptimizerRefusesItsStep() {
      beginAt(0);
      TestProbe<StatusReply<Done>> settled = complete("p", 0);
      answer(steps.gradients());
      steps.part();
      complete("q", 0);

      collector.tell(new GradientCollector.SettlementRead(refused(rollout("p", 0, 0), 0)));
      expectAcks(settled, 3);
      settleDown();
      assertThat(steps.isEmpty()).isTrue();
      collector.tell(new GradientCollector.SettlementRead(refused(rollout("p", 1, 0), 0)));
      expectAcks(settled, 3);

      ObjectiveGradients next = steps.gradients();
      assertThat(next.step()).isEqualTo(step(0, 1));
      assertThat(ids(next)).containsExactly("q#0", "q#1");
    }

    @Test
    void takesTheRestOfARefusedStepAgainIfItIsNotRefused() {
      collector = spawn(LONG, Examples.QUICK);
      beginAt(0);
      complete("p", 0);
      answer(steps.gradients());
      steps.part();
      complete("q", 0);

      collector.tell(new GradientCollector.SettlementRead(refused(rollout("p", 0, 0), 0)));

      assertThat(ids(steps.gradients())).containsExactly("p#1", "q#0", "q#1");
    }

    @Test
    void doesNotWaitForRefusalsOfAVersionThatIsPast() {
      beginAt(0);
      complete("p", 0);
      answer(steps.gradients());
      steps.part();
      complete("q", 0);
      collector.tell(new GradientCollector.SettlementRead(refused(rollout("p", 0, 0), 0)));

      read(lineage(1, 1));
      adopt(snapshot(1, 1));

      assertThat(ids(steps.gradients())).containsExactly("p#1", "q#0", "q#1");
    }
  }

  @Nested
  class Topics {

    @Test
    void publishesAgainWhatCouldNotBePublished() {
      steps.failNext(3);
      beginAt(0);
      complete("p", 0);

      ObjectiveGradients gradients = steps.gradients();
      steps.failNext(3);
      answer(gradients);

      assertThat(steps.part().step()).isEqualTo(gradients.step());
    }

    @Test
    void settlesAgainWhatCouldNotBeSettled() {
      model.measureFailures.add(GradientsUnderOurControl.notFinite());
      steps.failNext(5);
      beginAt(0);

      expectAcks(complete("p", 0), 6);
    }

    @Test
    void asksAgainWhenNoDirectionComes() {
      collector = spawn(Duration.ofMillis(200), Examples.QUICK);
      beginAt(0);
      complete("p", 0);

      ObjectiveGradients first = steps.gradients();
      AtomicBoolean said = new AtomicBoolean();
      LoggingTestKit.warn("No direction for v0.0@collector-0")
          .withCustom(
              event -> !said.getAndSet(true)) // On a busy machine it says so more than once.
          .expect(KIT.system(), () -> assertThat(steps.gradients()).isEqualTo(first));
      answer(first);

      assertThat(steps.part().step()).isEqualTo(first.step());
    }

    @Test
    void sendsItsPartAgainWhenNoVersionComes() {
      collector = spawn(Duration.ofMillis(5), Examples.QUICK);
      beginAt(0);
      complete("p", 0);
      answer(steps.gradients());

      GradientPart first = steps.part();
      GradientPart second = steps.part();
      GradientPart third = steps.part();

      assertThat(List.of(second, third)).containsOnly(first);
    }
  }

  @Nested
  class Models {

    @Test
    void measuresABatchAgainWithANewModelWhenTheModelFails() {
      model.measureFailures.add(new IllegalStateException("out of memory"));
      beginAt(0);
      complete("p", 0);

      ObjectiveGradients gradients = steps.gradients();

      assertThat(gradients.step()).isEqualTo(step(0, 1));
      assertThat(model.calls()).endsWith("close");
      assertThat(nextModel.calls()).containsExactly("adopt v0", "measure [p#0, p#1]");
    }

    @Test
    void measuresABatchAgainWhenItsBackwardPassFails() {
      model.backwardFailures.add(new IllegalStateException("out of memory"));
      beginAt(0);
      complete("p", 0);

      answer(steps.gradients());
      answer(steps.gradients());

      assertThat(steps.part().step()).isEqualTo(step(0, 1));
    }

    @Test
    void refusesABatchOnWhichTheModelFailsAgainAndAgain() {
      model.measureFailures.add(new IllegalStateException("out of memory"));
      nextModel.measureFailures.add(new IllegalStateException("out of memory"));
      beginAt(0);
      TestProbe<StatusReply<Done>> settled = complete("p", 0);
      complete("q", 0);

      Settlement settlement = steps.settlement();

      assertThat(settlement.fate()).isEqualTo(Fate.REFUSED);
      assertThat(settlement.reason())
          .isEqualTo("the model failed 2 times, at last with: out of memory");
      expectAcks(settled, 6);
      assertThat(ids(steps.gradients())).containsExactly("q#0", "q#1");
    }

    @Test
    void triesAgainUntilAModelCanBeMade() {
      Queue<Supplier<PolicyGradients>> supply =
          new ArrayDeque<>(
              List.of(
                  GradientCollectorFailuresTest::notYet,
                  GradientCollectorFailuresTest::notYet,
                  () -> nextModel));
      collector = spawn(() -> supply.remove().get(), LONG, Examples.QUICK);
      beginAt(0);
      complete("p", 0);

      steps.gradients();

      assertThat(nextModel.calls()).containsExactly("adopt v0", "measure [p#0, p#1]");
    }

    @Test
    void tellsWhoBroughtAVersionThatCannotBeAdoptedAndKeepsTheOneBefore() {
      beginAt(0);
      model.adoptFailures.add(new IllegalArgumentException("not these tensors"));

      collector.tell(new GradientCollector.Adopt(snapshot(1, 1), acks.ref()));

      assertThat(acks.receiveMessage().getError()).hasMessage("not these tensors");
      complete("p", 0);
      assertThat(steps.gradients().step()).isEqualTo(step(0, 0));
      assertThat(nextModel.calls()).startsWith("adopt v0");
    }

    @Test
    void skipsAVersionThatWasLentAndIsGone() {
      beginAt(0);
      model.adoptFailures.add(new TensorsReleasedException("weights"));

      adopt(snapshot(1, 1));

      complete("p", 0);
      assertThat(steps.gradients().step()).isEqualTo(step(0, 0));
      adopt(snapshot(2, 1));
      assertThat(model.calls()).contains("adopt v2").doesNotContain("close");
      assertThat(nextModel.calls()).isEmpty();
    }

    @Test
    void triesAgainWhenTheVersionOfAModelMadeAnewIsGone() {
      beginAt(0);
      model.measureFailures.add(new IllegalStateException("out of memory"));
      nextModel.adoptFailures.add(new TensorsReleasedException("weights"));

      // No second error: nothing is wrong with this model.
      LoggingTestKit.error("The model for gradients failed")
          .withOccurrences(1)
          .expect(
              KIT.system(),
              () ->
                  LoggingTestKit.info("Waits for a newer version")
                      .withOccurrences(1)
                      .expect(KIT.system(), () -> complete("p", 0)));

      assertThat(steps.gradients().step().version()).isEqualTo(new PolicyVersion(0));
      assertThat(nextModel.calls()).containsExactly("adopt v0", "close");
    }

    @Test
    void makesAModelAnewThatCannotForgetABatch() {
      model.discardFailures.add(new IllegalStateException("out of memory"));
      beginAt(0);
      complete("p", 0);
      steps.gradients();

      adopt(snapshot(1, 1));
      read(lineage(1, 1));

      assertThat(steps.gradients().step()).isEqualTo(step(1, 0));
      assertThat(nextModel.calls()).containsExactly("adopt v1", "measure [p#0, p#1]");
    }
  }

  @Nested
  class Stopping {

    @Test
    void endsAndTellsWhoWaitsWhenAListenerFailsAndDoesNotBlameTheModel() {
      collector = spawn(inTurn(), LONG, Examples.QUICK, new FailsAtVersions());

      collector.tell(new GradientCollector.Adopt(snapshot(0, 1), acks.ref()));

      assertThat(acks.receiveMessage().getError()).hasMessage("cannot count versions");
      acks.expectTerminated(collector);
      assertThat(model.calls()).containsExactly("adopt v0", "close");
      assertThat(nextModel.calls()).isEmpty();
    }

    @Test
    void doesNotBlameTheModelForAListenerThatCannotTimeAnAdoption() {
      collector = spawn(inTurn(), LONG, Examples.QUICK, new FailsAtPhases("adopt"));

      collector.tell(new GradientCollector.Adopt(snapshot(0, 1), acks.ref()));

      assertThat(acks.receiveMessage().getError()).hasMessageEndingWith("cannot time adopt");
      acks.expectTerminated(collector);
      assertThat(model.calls()).containsExactly("adopt v0", "close");
      assertThat(nextModel.calls()).isEmpty();
    }

    @Test
    void refusesNoRolloutsForAListenerThatCannotTimeAMeasurement() {
      collector = spawn(inTurn(), LONG, Examples.QUICK, new FailsAtPhases("measure"));
      beginAt(0);

      TestProbe<StatusReply<Done>> settled = complete("p", 0);

      for (StatusReply<Done> reply : settled.receiveSeveralMessages(6)) {
        assertThat(reply.getError()).hasMessageContaining("stopped");
      }
      acks.expectTerminated(collector);
      assertThat(steps.isEmpty()).isTrue();
      assertThat(nextModel.calls()).isEmpty();
    }

    @Test
    void tellsWhoWaitsWhenItIsStopped() {
      TestProbe<StatusReply<Done>> settled = complete("p", 0);

      settleDown();
      KIT.stop(collector);

      for (StatusReply<Done> reply : settled.receiveSeveralMessages(6)) {
        assertThat(reply.getError()).hasMessageContaining("stopped");
      }
      assertThat(model.calls()).containsExactly("close");
    }
  }

  private static PolicyGradients notYet() {
    throw new IllegalStateException("the model is not on disk yet");
  }
}
