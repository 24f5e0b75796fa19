package io.gapo.lab.exam;

import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.PolicySampler;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** A sampler of few slots that finishes its newest sequence first. */
final class AnswersInTurn implements PolicySampler {

  private final int slots;
  private final Function<String, String> answer;
  private final List<SampleRequest> running = new ArrayList<>();

  AnswersInTurn(int slots, Function<String, String> answer) {
    this.slots = slots;
    this.answer = answer;
  }

  @Override
  public Optional<String> rejection(Prompt prompt) {
    return Optional.empty();
  }

  @Override
  public int freeSlots() {
    return slots - running.size();
  }

  @Override
  public int activeSequences() {
    return running.size();
  }

  @Override
  public void admit(List<SampleRequest> requests) {
    if (requests.size() > freeSlots()) {
      throw new IllegalStateException("no room");
    }
    running.addAll(requests);
  }

  @Override
  public List<Rollout> step() {
    SampleRequest last = running.remove(running.size() - 1);
    return List.of(rollout(last, answer.apply(last.prompt().text())));
  }

  static Rollout rollout(SampleRequest request, String response) {
    int tokens = response.length() + 1;
    return new Rollout(
        request.prompt().id(),
        request.sampleIndex(),
        request.prompt().text(),
        response,
        new int[] {1},
        new int[tokens],
        new float[tokens],
        new long[tokens],
        FinishReason.END_OF_SEQUENCE,
        request.seed());
  }

  @Override
  public void adopt(PolicySnapshot snapshot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
