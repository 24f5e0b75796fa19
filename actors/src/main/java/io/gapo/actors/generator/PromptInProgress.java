package io.gapo.actors.generator;

import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A prompt whose samples are wanted, by whom, and how far they are. */
final class PromptInProgress {

  private final Prompt prompt;
  private final List<ActorRef<StatusReply<List<Rollout>>>> askers = new ArrayList<>();
  private final Set<String> running = new HashSet<>();
  private final List<Rollout> finished = new ArrayList<>();

  PromptInProgress(Prompt prompt) {
    this.prompt = prompt;
  }

  Prompt prompt() {
    return prompt;
  }

  void addAsker(ActorRef<StatusReply<List<Rollout>>> asker) {
    askers.add(asker);
  }

  /** These of its samples are being sampled. */
  void begin(List<String> rolloutIds) {
    running.addAll(rolloutIds);
  }

  /** Takes one of its samples, which is finished; returns whether it was the last. */
  boolean finish(Rollout rollout) {
    running.remove(rollout.id());
    finished.add(rollout);
    return running.isEmpty();
  }

  /** Its finished samples. */
  List<Rollout> finished() {
    return finished;
  }

  /** Ids of its samples that were begun, finished or not. */
  Set<String> begun() {
    Set<String> begun = new HashSet<>(running);
    finished.forEach(rollout -> begun.add(rollout.id()));
    return begun;
  }

  void succeed(List<Rollout> rollouts) {
    askers.forEach(asker -> asker.tell(StatusReply.success(rollouts)));
  }

  void fail(Throwable cause) {
    askers.forEach(asker -> asker.tell(StatusReply.error(cause)));
  }
}
