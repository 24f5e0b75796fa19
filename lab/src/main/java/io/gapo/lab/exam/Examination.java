package io.gapo.lab.exam;

import io.gapo.core.port.PolicySampler;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.lab.world.WorldPrompt;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Prompts, and how a policy answers them.
 *
 * @param prompts in order
 * @param seed of the answers: two policies that are equal answer alike
 */
public record Examination(List<Prompt> prompts, long seed) {

  public Examination {
    prompts = List.copyOf(prompts);
  }

  /** Prompts of the world, numbered. */
  public static Examination of(List<WorldPrompt> worldPrompts, long seed) {
    List<Prompt> prompts = new ArrayList<>();
    for (WorldPrompt prompt : worldPrompts) {
      prompts.add(new Prompt("examined-" + prompts.size(), prompt.text()));
    }
    return new Examination(prompts, seed);
  }

  /** A copy whose prompts are asked with a preference. */
  Examination preferring(PromptPreference preference) {
    return new Examination(
        prompts.stream().map(prompt -> prompt.preferring(preference)).toList(), seed);
  }

  /**
   * One answer a prompt, in their order.
   *
   * @throws IllegalArgumentException if the sampler rejects a prompt
   */
  public List<Rollout> answers(PolicySampler sampler) {
    Map<String, Integer> order = new HashMap<>();
    Deque<SampleRequest> waiting = new ArrayDeque<>();
    for (Prompt prompt : prompts) {
      order.put(prompt.id(), order.size());
      waiting.add(SampleRequest.of(prompt, 0, seed));
    }
    List<Rollout> answers = new ArrayList<>();
    while (answers.size() < prompts.size()) {
      List<SampleRequest> next = new ArrayList<>();
      while (next.size() < sampler.freeSlots() && !waiting.isEmpty()) {
        next.add(waiting.remove());
      }
      if (!next.isEmpty()) {
        sampler.admit(next);
      }
      answers.addAll(sampler.step());
    }
    answers.sort(
        Comparator.comparing(answer -> order.getOrDefault(answer.promptId(), order.size())));
    return answers;
  }
}
