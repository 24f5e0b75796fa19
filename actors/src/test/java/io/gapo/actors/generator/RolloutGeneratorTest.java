package io.gapo.actors.generator;

import static io.gapo.actors.Examples.prompt;
import static io.gapo.actors.Examples.snapshot;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.actors.Examples;
import io.gapo.actors.FailsAtVersions;
import io.gapo.actors.RecordedEvents;
import io.gapo.core.flow.AdmissionQuota;
import io.gapo.core.flow.RolloutHistory;
import io.gapo.core.flow.StalenessLimit;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.policy.TensorsReleasedException;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.RejectedPromptException;
import io.gapo.core.port.Stage;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SettledRollouts;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RolloutGeneratorTest {

  private static final ActorTestKit KIT = ActorTestKit.create();
  private static final int SAMPLES = 2;
  private static final int AMPLE = 100;

  private final RecordedEvents events = new RecordedEvents();
  private final TestProbe<StatusReply<Done>> acks = KIT.createTestProbe();

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @Test
  void samplesNothingBeforeTheFirstVersion() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawn(AMPLE, sampler);
    TestProbe<StatusReply<List<Rollout>>> asker = generate(generator, prompt("p"));

    settleDown(generator);
    assertThat(sampler.admitted()).isEmpty();
    adopt(generator, snapshot(0, 1));

    assertThat(ids(asker)).containsExactly("p#0", "p#1");
    assertThat(events.adopted).containsExactly(PolicyVersion.INITIAL);
  }

  @Test
  void tellsWhatItDoes() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 3);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, sampler);

    ids(generate(generator, prompt("p")));

    assertThat(events.tokens).hasValue(6);
    assertThat(events.rollouts).hasSize(2);
    assertThat(events.outstanding).isEqualTo(2);
    assertThat(events.limit).isEqualTo(AMPLE);
    assertThat(events.phases).contains("rollout-generator/decode", "rollout-generator/adopt");
    assertThat(events.waits).containsExactly(Stage.ROLLOUT_GENERATOR);
  }

  @Test
  void adoptsAVersionBetweenTwoTokens() {
    SamplerUnderOurControl sampler = new SamplerUnderOurControl(4, 3);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, sampler);
    TestProbe<StatusReply<List<Rollout>>> asker = generate(generator, prompt("p"));

    sampler.allowSteps(1);
    sampler.awaitBegun(2);
    generator.tell(new RolloutGenerator.Adopt(snapshot(1, 1), acks.ref()));
    sampler.allowSteps(2);

    assertThat(acks.receiveMessage().isSuccess()).isTrue();
    assertThat(asker.receiveMessage().getValue())
        .extracting(Rollout::versions)
        .containsOnly(new long[] {0, 0, 1});
  }

  @Test
  void ignoresAVersionThatDoesNotSupersedeItsOwn() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawn(AMPLE, sampler);

    adopt(generator, snapshot(5, 2));
    adopt(generator, snapshot(5, 2));
    adopt(generator, snapshot(9, 1));
    adopt(generator, snapshot(4, 3));

    assertThat(sampler.snapshots()).containsExactly(snapshot(5, 2), snapshot(4, 3));
  }

  @Test
  void samplesAWholeBatchTogetherInThePromptsOrder() {
    SamplerUnderOurControl sampler = new SamplerUnderOurControl(6, 2);
    ActorRef<RolloutGenerator.Command> generator =
        KIT.spawn(
            RolloutGenerator.create(
                () -> sampler, settings(4, true), RolloutHistory.none(), PipelineListener.NONE));
    adopt(generator, snapshot(0, 1));

    TestProbe<StatusReply<List<Rollout>>> first = generate(generator, prompt("first"));
    settleDown(generator);
    assertThat(sampler.admitted()).as("waits for the batch's last prompt").isEmpty();
    TestProbe<StatusReply<List<Rollout>>> second = generate(generator, prompt("second"));
    generate(generator, prompt("third"));
    TestProbe<StatusReply<List<Rollout>>> fourth = generate(generator, prompt("fourth"));
    sampler.awaitBegun(1);
    // Before the second step: the quota has room for further prompts from here on.
    generator.tell(
        new RolloutGenerator.Settled(List.of("first#0", "first#1", "second#0", "second#1")));
    sampler.allowSteps(4);
    assertThat(ids(first)).isEmpty();
    assertThat(ids(second)).isEmpty();

    assertThat(ids(fourth)).containsExactly("fourth#0", "fourth#1");
    assertThat(sampler.activeAtStep())
        .as("the third prompt did not join the first batch, although the quota had room")
        .containsExactly(4, 4, 4, 4);
  }

  @Test
  void letsAPromptJoinTheRunningBatch() {
    SamplerUnderOurControl sampler = new SamplerUnderOurControl(4, 2);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, sampler);
    TestProbe<StatusReply<List<Rollout>>> first = generate(generator, prompt("first"));

    sampler.awaitBegun(1);
    TestProbe<StatusReply<List<Rollout>>> second = generate(generator, prompt("second"));
    sampler.allowSteps(3);

    assertThat(ids(first)).containsExactly("first#0", "first#1");
    assertThat(ids(second)).containsExactly("second#0", "second#1");
    assertThat(sampler.activeAtStep()).containsExactly(2, 4, 2);
  }

  @Test
  void admitsAPromptWholeAndInTheOrderOfArrivalWhenThereIsRoom() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(3, 2);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, sampler);

    TestProbe<StatusReply<List<Rollout>>> a = generate(generator, prompt("a"));
    TestProbe<StatusReply<List<Rollout>>> b = generate(generator, prompt("b"));
    TestProbe<StatusReply<List<Rollout>>> c = generate(generator, prompt("c"));

    assertThat(List.of(ids(a), ids(b), ids(c))).hasSize(3);
    assertThat(sampler.admitted()).containsExactly("a#0", "a#1", "b#0", "b#1", "c#0", "c#1");
    assertThat(sampler.activeAtStep()).containsOnly(2);
  }

  @Test
  void restsWhileTheQuotaIsFullAndContinuesWhenRolloutsAreSettled() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(2, sampler);
    ids(generate(generator, prompt("a")));
    TestProbe<StatusReply<List<Rollout>>> waiting = generate(generator, prompt("b"));

    settleDown(generator);
    int calls = sampler.calls();
    settleDown(generator);
    assertThat(sampler.calls()).isEqualTo(calls);
    assertThat(sampler.admitted()).containsExactly("a#0", "a#1");
    generator.tell(new RolloutGenerator.Settled(List.of("a#0")));

    assertThat(ids(waiting)).containsExactly("b#0", "b#1");
    assertThat(events.outstanding).isEqualTo(3);
  }

  @Test
  void givesTheQuotaOfATrainedRolloutBackWhenItsVersionIsAdopted() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(SAMPLES, sampler);
    ids(generate(generator, prompt("a")));
    TestProbe<StatusReply<List<Rollout>>> waiting = generate(generator, prompt("b"));

    generator.tell(new RolloutGenerator.Trained(new PolicyVersion(1), 1, List.of("a#0", "a#1")));
    settleDown(generator);
    assertThat(sampler.admitted()).containsExactly("a#0", "a#1");
    adopt(generator, snapshot(1, 1));

    assertThat(waiting.receiveMessage().getValue())
        .extracting(Rollout::oldestVersion)
        .containsOnly(new PolicyVersion(1));
  }

  @Test
  void givesTheQuotaBackAtOnceIfTheVersionWasAdoptedOrReplaced() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(SAMPLES, sampler);
    ids(generate(generator, prompt("a")));
    adopt(generator, snapshot(1, 1));
    generator.tell(new RolloutGenerator.Trained(new PolicyVersion(1), 1, List.of("a#0", "a#1")));
    ids(generate(generator, prompt("b")));

    // The optimizer that made version 2 is gone, and another continues from version 1.
    generator.tell(new RolloutGenerator.Trained(new PolicyVersion(2), 1, List.of("b#0", "b#1")));
    TestProbe<StatusReply<List<Rollout>>> waiting = generate(generator, prompt("c"));
    adopt(generator, snapshot(1, 2));

    assertThat(ids(waiting)).containsExactly("c#0", "c#1");
  }

  @Test
  void countsWhatWasOutstandingBeforeItStarted() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator =
        spawn(2, new RolloutHistory(Set.of("x#0", "x#1"), new SettledRollouts()), sampler);
    adopt(generator, snapshot(0, 1));
    TestProbe<StatusReply<List<Rollout>>> waiting = generate(generator, prompt("a"));

    settleDown(generator);
    assertThat(sampler.admitted()).isEmpty();
    generator.tell(new RolloutGenerator.Settled(List.of("x#0", "x#1")));

    assertThat(ids(waiting)).containsExactly("a#0", "a#1");
  }

  @Test
  void samplesNoPromptAgainThatWasSettledLongAgo() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    SettledRollouts settled = new SettledRollouts();
    for (int prompt = 0; prompt < 1_000; prompt++) {
      settled.add("p" + prompt + "#0");
      settled.add("p" + prompt + "#1");
    }
    RecordedEvents events = new RecordedEvents();
    ActorRef<RolloutGenerator.Command> generator =
        spawn(2, new RolloutHistory(Set.of(), settled), events, sampler);
    adopt(generator, snapshot(0, 1));

    for (int prompt = 0; prompt < 100; prompt++) {
      assertThat(ids(generate(generator, prompt("p" + prompt)))).isEmpty();
    }

    assertThat(sampler.admitted()).isEmpty();
    assertThat(events.skipped).hasValue(100);
  }

  @Test
  void samplesOnlyWhatACrashLeftUnsampledAndThatBeyondTheQuota() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator =
        spawn(
            2,
            new RolloutHistory(Set.of("half#0", "whole#0"), SettledRollouts.of(List.of("whole#1"))),
            sampler);
    adopt(generator, snapshot(0, 1));
    TestProbe<StatusReply<List<Rollout>>> unseen = generate(generator, prompt("new"));

    assertThat(ids(generate(generator, prompt("whole")))).isEmpty();
    assertThat(ids(generate(generator, prompt("half")))).containsExactly("half#1");

    settleDown(generator);
    unseen.expectNoMessage();
    assertThat(sampler.admitted()).containsExactly("half#1");
  }

  @Test
  void answersEveryoneWhoAsksForAPromptInFlightAndSamplesItOnce() {
    SamplerUnderOurControl sampler = new SamplerUnderOurControl(4, 2);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, sampler);
    TestProbe<StatusReply<List<Rollout>>> first = generate(generator, prompt("p"));

    sampler.awaitBegun(1);
    TestProbe<StatusReply<List<Rollout>>> again = generate(generator, prompt("p"));
    sampler.allowSteps(2);

    assertThat(ids(first)).isEqualTo(ids(again));
    assertThat(sampler.admitted()).containsExactly("p#0", "p#1");
  }

  @Test
  void givesTheSameRolloutsForAPromptDeliveredAgain() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, sampler);
    List<Rollout> first = generate(generator, prompt("p")).receiveMessage().getValue();

    List<Rollout> again = generate(generator, prompt("p")).receiveMessage().getValue();
    generator.tell(new RolloutGenerator.Settled(List.of("p#0")));
    List<String> rest = ids(generate(generator, prompt("p")));

    assertThat(again).isEqualTo(first);
    assertThat(rest).containsExactly("p#1");
    assertThat(sampler.admitted()).hasSize(2);
  }

  @Test
  void answersAPromptWhoseRolloutsWereSettledWhileItWaited() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawn(2, sampler);
    TestProbe<StatusReply<List<Rollout>>> waiting = generate(generator, prompt("p"));

    generator.tell(new RolloutGenerator.Settled(List.of("p#0", "p#1")));
    adopt(generator, snapshot(0, 1));

    assertThat(ids(waiting)).isEmpty();
    assertThat(sampler.admitted()).isEmpty();
  }

  @Test
  void rejectsAPromptThatCannotBeSampled() {
    ActorRef<RolloutGenerator.Command> generator =
        spawnReady(AMPLE, SamplerUnderOurControl.free(4, 1));

    Throwable error =
        generate(generator, new Prompt("p", "much too long")).receiveMessage().getError();

    assertThat(error).isInstanceOf(RejectedPromptException.class).hasMessage("too long");
  }

  @Test
  void failsOnlyThePromptThatCannotBeRead() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, sampler);

    Throwable error =
        generate(generator, new Prompt("p", "unreadable")).receiveMessage().getError();

    assertThat(error).isNotInstanceOf(RejectedPromptException.class).hasMessage("unreadable");
    assertThat(ids(generate(generator, prompt("q")))).hasSize(2);
    assertThat(sampler.isClosed()).isFalse();
  }

  @Test
  void rejectsAnotherTextUnderAnIdInUse() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawn(AMPLE, sampler);
    TestProbe<StatusReply<List<Rollout>>> first = generate(generator, prompt("p"));
    Prompt other = new Prompt("p", "another question");

    Throwable whileItWaits = generate(generator, other).receiveMessage().getError();
    adopt(generator, snapshot(0, 1));
    ids(first);
    Throwable whenItIsWhole = generate(generator, other).receiveMessage().getError();

    assertThat(List.of(whileItWaits, whenItIsWhole))
        .allSatisfy(
            error ->
                assertThat(error)
                    .isInstanceOf(RejectedPromptException.class)
                    .hasMessageContaining("'p'"));
  }

  @Test
  void tellsEveryoneWhenTheSamplerFailsAndContinuesWithANewOne() {
    SamplerUnderOurControl failing = new SamplerUnderOurControl(2, 2);
    SamplerUnderOurControl fresh = SamplerUnderOurControl.free(2, 2);
    ActorRef<RolloutGenerator.Command> generator = spawn(2, failing, fresh);
    TestProbe<StatusReply<List<Rollout>>> sampling = generate(generator, prompt("a"));
    TestProbe<StatusReply<List<Rollout>>> waiting = generate(generator, prompt("b"));
    adopt(generator, snapshot(0, 1));

    failing.failAtNextStep();
    failing.allowSteps(1);

    assertThat(sampling.receiveMessage().getError()).hasMessage("the device is gone");
    assertThat(waiting.receiveMessage().getError()).hasMessage("the device is gone");
    assertThat(ids(generate(generator, prompt("b")))).containsExactly("b#0", "b#1");
    assertThat(failing.isClosed()).isTrue();
    assertThat(fresh.snapshots()).containsExactly(snapshot(0, 1));
    assertThat(events.outstanding).isEqualTo(2);
  }

  @Test
  void keepsTheVersionBeforeWhenAVersionCannotBeAdopted() {
    SamplerUnderOurControl failing = SamplerUnderOurControl.free(4, 1);
    SamplerUnderOurControl fresh = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, failing, fresh);

    failing.failToAdopt(new IllegalArgumentException("not these tensors"));
    generator.tell(new RolloutGenerator.Adopt(snapshot(1, 1), acks.ref()));

    assertThat(acks.receiveMessage().getError()).hasMessage("not these tensors");
    adopt(generator, snapshot(1, 1));
    assertThat(fresh.snapshots()).containsExactly(snapshot(0, 1), snapshot(1, 1));
  }

  @Test
  void skipsAVersionThatWasLentAndIsGone() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, sampler);
    sampler.failToAdopt(new TensorsReleasedException("weights"));

    adopt(generator, snapshot(1, 1));

    assertThat(ids(generate(generator, prompt("p")))).containsExactly("p#0", "p#1");
    adopt(generator, snapshot(2, 1));
    assertThat(sampler.snapshots()).containsExactly(snapshot(0, 1), snapshot(2, 1));
  }

  @Test
  void waitsForTheNextVersionWhenItsOwnIsGoneAtARestart() {
    SamplerUnderOurControl failing = SamplerUnderOurControl.free(4, 1);
    SamplerUnderOurControl fresh = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, failing, fresh);
    fresh.failToAdopt(new TensorsReleasedException("weights"));
    failing.failAtNextStep();
    assertThat(generate(generator, prompt("p")).receiveMessage().getError())
        .hasMessage("the device is gone");
    TestProbe<StatusReply<List<Rollout>>> waiting = generate(generator, prompt("p"));
    settleDown(generator);
    assertThat(fresh.admitted()).isEmpty();

    adopt(generator, snapshot(1, 1));

    assertThat(ids(waiting)).containsExactly("p#0", "p#1");
    assertThat(fresh.snapshots()).containsExactly(snapshot(1, 1));
  }

  @Test
  void triesAgainWhenASamplerCannotBeMadeReady() {
    SamplerUnderOurControl tooSmall = SamplerUnderOurControl.free(1, 1);
    SamplerUnderOurControl stillTooSmall = SamplerUnderOurControl.free(1, 1);
    ActorRef<RolloutGenerator.Command> generator =
        spawnReady(AMPLE, tooSmall, stillTooSmall, SamplerUnderOurControl.free(4, 1));

    assertThat(ids(generate(generator, prompt("p")))).hasSize(2);
    assertThat(tooSmall.isClosed()).isTrue();
    assertThat(stillTooSmall.isClosed()).isTrue();
  }

  @Test
  void drainsWhatRunsAndHandsBackWhatWaits() {
    SamplerUnderOurControl sampler = new SamplerUnderOurControl(2, 2);
    ActorRef<RolloutGenerator.Command> generator = spawnReady(AMPLE, sampler);
    TestProbe<StatusReply<List<Rollout>>> running = generate(generator, prompt("running"));
    TestProbe<StatusReply<List<Rollout>>> waiting = generate(generator, prompt("waiting"));
    TestProbe<Done> drained = KIT.createTestProbe();

    sampler.awaitBegun(1);
    generator.tell(new RolloutGenerator.Drain(drained.ref()));
    sampler.allowSteps(2);

    assertThat(ids(running)).hasSize(2);
    drained.expectMessage(Done.getInstance());
    assertThat(waiting.receiveMessage().getError()).isInstanceOf(DrainingException.class);
    assertThat(generate(generator, prompt("late")).receiveMessage().getError())
        .isInstanceOf(DrainingException.class);
  }

  @Test
  void drainsAtOnceWhenNothingRuns() {
    ActorRef<RolloutGenerator.Command> generator = spawn(AMPLE, SamplerUnderOurControl.free(2, 1));
    TestProbe<Done> drained = KIT.createTestProbe();

    generator.tell(new RolloutGenerator.Drain(drained.ref()));

    drained.expectMessage(Done.getInstance());
  }

  @Test
  void tellsEveryoneWhenItIsStopped() {
    SamplerUnderOurControl sampler = SamplerUnderOurControl.free(2, 1);
    ActorRef<RolloutGenerator.Command> generator = spawn(AMPLE, sampler);
    TestProbe<StatusReply<List<Rollout>>> asker = generate(generator, prompt("p"));

    settleDown(generator);
    KIT.stop(generator);

    assertThat(asker.receiveMessage().getError()).hasMessageContaining("stopped");
    assertThat(sampler.isClosed()).isTrue();
  }

  @Test
  void tellsWhoBroughtAVersionThatAListenerFailedAt() {
    SamplerUnderOurControl next = SamplerUnderOurControl.free(4, 1);
    ActorRef<RolloutGenerator.Command> generator =
        spawn(
            AMPLE,
            RolloutHistory.none(),
            new FailsAtVersions(),
            SamplerUnderOurControl.free(4, 1),
            next);

    generator.tell(new RolloutGenerator.Adopt(snapshot(0, 1), acks.ref()));

    assertThat(acks.receiveMessage().getError()).hasMessage("cannot count versions");
    assertThat(ids(generate(generator, prompt("p")))).containsExactly("p#0", "p#1");
    assertThat(next.snapshots()).containsExactly(snapshot(0, 1));
  }

  private ActorRef<RolloutGenerator.Command> spawnReady(
      int quota, SamplerUnderOurControl... samplers) {
    ActorRef<RolloutGenerator.Command> generator = spawn(quota, samplers);
    adopt(generator, snapshot(0, 1));
    return generator;
  }

  private ActorRef<RolloutGenerator.Command> spawn(int quota, SamplerUnderOurControl... samplers) {
    return spawn(quota, RolloutHistory.none(), samplers);
  }

  private ActorRef<RolloutGenerator.Command> spawn(
      int quota, RolloutHistory history, SamplerUnderOurControl... samplers) {
    return spawn(quota, history, events, samplers);
  }

  private static ActorRef<RolloutGenerator.Command> spawn(
      int quota,
      RolloutHistory history,
      PipelineListener listener,
      SamplerUnderOurControl... samplers) {
    Queue<SamplerUnderOurControl> supply = new ArrayDeque<>(List.of(samplers));
    return KIT.spawn(
        RolloutGenerator.create(supply::remove, settings(quota, false), history, listener));
  }

  private static GeneratorSettings settings(int quota, boolean wholeBatches) {
    return new GeneratorSettings(
        SAMPLES,
        42,
        new AdmissionQuota(quota, new StalenessLimit(0)),
        Examples.QUICK,
        wholeBatches);
  }

  private static TestProbe<StatusReply<List<Rollout>>> generate(
      ActorRef<RolloutGenerator.Command> generator, Prompt prompt) {
    TestProbe<StatusReply<List<Rollout>>> asker = KIT.createTestProbe();
    generator.tell(new RolloutGenerator.Generate(prompt, asker.ref()));
    return asker;
  }

  private void adopt(ActorRef<RolloutGenerator.Command> generator, PolicySnapshot snapshot) {
    generator.tell(new RolloutGenerator.Adopt(snapshot, acks.ref()));
    assertThat(acks.receiveMessage().getValue()).isEqualTo(Done.getInstance());
  }

  /** Returns when the generator has handled everything sent so far and what follows from it. */
  private void settleDown(ActorRef<RolloutGenerator.Command> generator) {
    for (int i = 0; i < 3; i++) {
      Throwable rejected =
          generate(generator, new Prompt("barrier", "too long")).receiveMessage().getError();
      assertThat(rejected).hasMessage("too long");
    }
  }

  private static List<String> ids(TestProbe<StatusReply<List<Rollout>>> asker) {
    return asker.receiveMessage().getValue().stream().map(Rollout::id).toList();
  }
}
