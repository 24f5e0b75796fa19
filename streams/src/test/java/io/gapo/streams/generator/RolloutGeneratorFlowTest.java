package io.gapo.streams.generator;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.stream.javadsl.FlowWithContext;
import io.gapo.core.port.RejectedPromptException;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.streams.Examples;
import io.gapo.streams.codec.PromptJson;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.intake.Answers;
import io.gapo.streams.intake.QuarantineOnPaper;
import io.gapo.streams.intake.StreamProbes;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class RolloutGeneratorFlowTest {

  private static final ActorTestKit kit = ActorTestKit.create();

  private final SeenPrompts seen = new SeenPrompts(100);
  private final QuarantineOnPaper quarantine = new QuarantineOnPaper();
  private final Answers<Prompt, List<Rollout>> sampler = new Answers<>();
  private final Answers<List<Rollout>, Object> topic = new Answers<>();

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
  }

  @Test
  void aPromptsOffsetComesOutWhenAllItsRolloutsAreDurable() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(2);
    List<Rollout> rollouts = List.of(Examples.rollout("a", 0), Examples.rollout("a", 1));

    stream.out().request(10);
    stream.in().sendNext(prompt(7, "a"));
    sampler.answer(sampler.awaitQuestion(), rollouts);
    assertThat(topic.awaitQuestion()).isEqualTo(rollouts);
    stream.out().expectNoMessage();
    topic.answer(rollouts, "durable");

    stream.out().expectNext(7L);
  }

  @Test
  void rolloutsArePublishedAsTheyComeAndOffsetsComeOutInOrder() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(2);
    List<Rollout> second = List.of(Examples.rollout("b", 0));
    List<Rollout> first = List.of(Examples.rollout("a", 0));

    stream.out().request(10);
    stream.in().sendNext(prompt(1, "a")).sendNext(prompt(2, "b"));
    Prompt a = sampler.awaitQuestion();
    sampler.answer(sampler.awaitQuestion(), second);
    assertThat(topic.awaitQuestion()).isEqualTo(second);
    topic.answer(second, "durable");
    stream.out().expectNoMessage();
    sampler.answer(a, first);
    topic.answer(topic.awaitQuestion(), "durable");

    stream.out().expectNext(1L, 2L);
  }

  @Test
  void noMorePromptsAreWithTheSamplerThanAllowed() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(2);

    stream.out().request(10);
    stream.in().sendNext(prompt(1, "a")).sendNext(prompt(2, "b")).sendNext(prompt(3, "c"));
    Prompt a = sampler.awaitQuestion();
    sampler.awaitQuestion();
    sampler.expectNoQuestion();
    sampler.answer(a, List.of());
    topic.answer(topic.awaitQuestion(), "durable");

    assertThat(sampler.awaitQuestion().id()).isEqualTo("c");
  }

  @Test
  void malformedPromptsGoToQuarantineAndTheStreamContinues() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(4);

    stream.out().request(10);
    stream.in().sendNext(Examples.record("prompts", 1, "{oops"));
    stream.in().sendNext(Examples.record("prompts", 2, "{\"prompt\": 7}"));
    stream.in().sendNext(Examples.record("prompts", 3, (byte[]) null));
    stream.in().sendNext(prompt(4, "good"));
    assertThat(sampler.awaitQuestion().id()).isEqualTo("good");

    stream.out().expectNext(1L, 2L, 3L);
    assertThat(quarantine.entries())
        .satisfiesExactly(
            entry -> assertThat(entry).startsWith("1: malformed JSON"),
            entry -> assertThat(entry).isEqualTo("2: 'prompt' must be a string, but is a number"),
            entry -> assertThat(entry).isEqualTo("3: the record has no value (a tombstone)"));
  }

  @Test
  void aPromptThatTheSamplerRejectsGoesToQuarantine() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(1);

    stream.out().request(10);
    stream.in().sendNext(prompt(1, "long"));
    sampler.fail(sampler.awaitQuestion(), new RejectedPromptException("900 tokens, at most 512"));

    stream.out().expectNext(1L);
    assertThat(quarantine.entries()).containsExactly("1: 900 tokens, at most 512");
  }

  @Test
  void anyOtherFailureFailsTheStreamSoThatThePromptComesAgain() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(1);

    stream.out().request(10);
    stream.in().sendNext(prompt(1, "a"));
    sampler.fail(sampler.awaitQuestion(), new IllegalStateException("out of memory"));

    assertThat(stream.out().expectError()).hasStackTraceContaining("out of memory");
    assertThat(quarantine.entries()).isEmpty();
  }

  @Test
  void aSecondPromptOfTheSameIdGoesToQuarantine() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(4);

    stream.out().request(10);
    stream.in().sendNext(prompt(1, "a")).sendNext(prompt(2, "a"));
    sampler.answer(sampler.awaitQuestion(), List.of());
    topic.answer(topic.awaitQuestion(), "durable");

    stream.out().expectNext(1L, 2L);
    assertThat(quarantine.entries())
        .containsExactly(
            "2: duplicate: prompt id 'a' was used before, by prompts partition 0 offset 1;"
                + " to train on it again, give it another id, as 'gapo feed --repeat' does");
    sampler.expectNoQuestion();
  }

  @Test
  void anIdOfAnotherTextIsNotTakenForADuplicate() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(4);

    stream.out().request(10);
    stream.in().sendNext(prompt(1, "a")).sendNext(prompt(2, new Prompt("a", "Goodbye")));
    sampler.answer(sampler.awaitQuestion(), List.of());
    topic.answer(topic.awaitQuestion(), "durable");

    stream.out().expectNext(1L, 2L);
    assertThat(quarantine.entries())
        .containsExactly(
            "2: prompt id 'a' was used before for another text, by prompts partition 0 offset 1;"
                + " give it another id");
    sampler.expectNoQuestion();
  }

  /** Else nobody would sample it, and the lineage would call it trained. */
  @Test
  void anIdWhoseRolloutsAnswerAnotherTextGoesToQuarantine() throws Exception {
    seen.sampled("a", Prompt.textDigest("Hello"));
    seen.sampled("b", Prompt.textDigest("Another question?"));
    StreamProbes<RawRecord, Long> stream = run(4);

    stream.out().request(10);
    stream.in().sendNext(prompt(1, "b")).sendNext(prompt(2, "a"));
    assertThat(sampler.awaitQuestion().id()).isEqualTo("a");

    stream.out().expectNext(1L);
    assertThat(quarantine.entries())
        .containsExactly(
            "1: prompt id 'b' was used before for another text, by a prompt that was sampled before"
                + " this process started; give it another id");
  }

  @Test
  void promptsWithoutIdsAreOthersWhereTheirTopicIsCreatedAgain() throws Exception {
    StreamProbes<RawRecord, Long> stream = run(4);
    byte[] value = "{\"prompt\": \"Hello\"}".getBytes(StandardCharsets.UTF_8);

    stream.out().request(10);
    for (String topicId : List.of("first", "second")) {
      stream
          .in()
          .sendNext(new RawRecord(new RecordCoordinates("prompts", topicId, 0, 7), null, value));
      assertThat(sampler.awaitQuestion().id()).isEqualTo("prompts@%s-0-7".formatted(topicId));
    }

    assertThat(quarantine.entries()).isEmpty();
  }

  @Test
  void aRedeliveredPromptIsProcessedAgain() throws Exception {
    seen.use(new Prompt("a", "Hello"), prompt(1, "a").at());
    StreamProbes<RawRecord, Long> stream = run(1);

    stream.out().request(10);
    stream.in().sendNext(prompt(1, "a"));

    assertThat(sampler.awaitQuestion().id()).isEqualTo("a");
    assertThat(quarantine.entries()).isEmpty();
  }

  @Test
  void whatWasGivenUpBeforeARestartIsNotGivenUpAgain() {
    RawRecord malformed = Examples.record("prompts", 5, "{oops");
    seen.giveUp(malformed.at());
    StreamProbes<RawRecord, Long> stream = run(1);

    stream.out().request(10);
    stream.in().sendNext(malformed);

    stream.out().expectNext(5L);
    assertThat(quarantine.entries()).isEmpty();
  }

  @Test
  void theOldestIdIsForgottenFirst() {
    SeenPrompts small = new SeenPrompts(2);
    for (String id : List.of("a", "b", "c")) {
      small.use(new Prompt(id, "Hello"), prompt(id.charAt(0), id).at());
    }

    assertThat(small.use(new Prompt("b", "Hello"), prompt(1, "b").at())).isPresent();
    assertThat(small.use(new Prompt("a", "Hello"), prompt(1, "a").at())).isEmpty();
  }

  private StreamProbes<RawRecord, Long> run(int parallelism) {
    FlowWithContext<RawRecord, Long, ?, Long, ?> flow =
        RolloutGeneratorFlow.create(
            new PromptJson(PromptLimits.DEFAULT),
            seen,
            parallelism,
            sampler,
            topic::apply,
            quarantine);
    return StreamProbes.run(flow, kit);
  }

  private static RawRecord prompt(long offset, String id) {
    return prompt(offset, new Prompt(id, "Hello"));
  }

  private static RawRecord prompt(long offset, Prompt prompt) {
    return new RawRecord(
        Examples.record("prompts", offset, "").at(), null, PromptJson.encode(prompt));
  }
}
