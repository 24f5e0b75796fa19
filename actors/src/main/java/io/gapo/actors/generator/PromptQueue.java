package io.gapo.actors.generator;

import io.gapo.core.flow.RolloutLedger;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The prompts that a generator was asked for and has not answered: waiting, then sampled. */
final class PromptQueue {

  private final RolloutLedger ledger;

  /** Not yet admitted, by id, in the order of arrival. */
  private final Map<String, PromptInProgress> waiting = new LinkedHashMap<>();

  /** Being sampled, by id. */
  private final Map<String, PromptInProgress> sampling = new HashMap<>();

  PromptQueue(RolloutLedger ledger) {
    this.ledger = ledger;
  }

  /** Whether nothing of this prompt is running and nothing of it is left to sample. */
  boolean needsNoSampling(Prompt prompt) {
    return !sampling.containsKey(prompt.id()) && ledger.missingSamples(prompt.id()).isEmpty();
  }

  /** The prompt in progress, put at the end of the queue if it is not in progress yet. */
  PromptInProgress join(Prompt prompt) {
    PromptInProgress running = sampling.get(prompt.id());
    return running != null
        ? running
        : waiting.computeIfAbsent(prompt.id(), id -> new PromptInProgress(prompt));
  }

  /** Whether the prompt's id already stands for another text. */
  boolean isIdOfAnotherText(Prompt prompt) {
    Stream<String> inProgress =
        Stream.of(waiting, sampling)
            .flatMap(prompts -> Stream.ofNullable(prompts.get(prompt.id())))
            .map(known -> known.prompt().text());
    Stream<String> finished = ledger.finishedSamples(prompt.id()).stream().map(Rollout::prompt);
    return Stream.concat(inProgress, finished).anyMatch(text -> !text.equals(prompt.text()));
  }

  /** The prompt to be sampled next: one left half sampled, or else the first if it is admitted. */
  Optional<PromptInProgress> next() {
    return waiting.values().stream()
        .filter(prompt -> ledger.isHalfSampled(prompt.prompt().id()))
        .findFirst()
        .or(
            () ->
                waiting.values().stream()
                    .findFirst()
                    .filter(prompt -> ledger.admits(prompt.prompt().id())));
  }

  /**
   * Moves a waiting prompt to those being sampled; answers it if its rollouts are settled by now.
   */
  void begin(PromptInProgress prompt, List<String> rolloutIds) {
    String id = prompt.prompt().id();
    waiting.remove(id);
    if (rolloutIds.isEmpty()) {
      prompt.succeed(ledger.finishedSamples(id));
      return;
    }
    prompt.begin(rolloutIds);
    sampling.put(id, prompt);
    ledger.begin(rolloutIds);
  }

  /** Takes a finished rollout; answers its prompt if it was the last. */
  void finish(Rollout rollout) {
    String id = rollout.promptId();
    PromptInProgress prompt = sampling.get(id);
    if (prompt == null) {
      throw new IllegalStateException("nobody asked for rollout " + rollout.id());
    }
    if (prompt.finish(rollout)) {
      sampling.remove(id);
      prompt.finished().forEach(ledger::finish);
      prompt.succeed(ledger.finishedSamples(id));
    }
  }

  /** How many prompts are not yet admitted. */
  int waiting() {
    return waiting.size();
  }

  /** Whether a prompt is being sampled. */
  boolean isSampling() {
    return !sampling.isEmpty();
  }

  void failWaiting(RuntimeException cause) {
    waiting.values().forEach(prompt -> prompt.fail(cause));
    waiting.clear();
  }

  /** Fails all prompts and gives back what was begun of them. */
  void failAll(RuntimeException cause) {
    sampling.values().forEach(prompt -> ledger.giveBack(prompt.begun()));
    sampling.values().forEach(prompt -> prompt.fail(cause));
    sampling.clear();
    failWaiting(cause);
  }
}
