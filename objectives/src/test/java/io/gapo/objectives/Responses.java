package io.gapo.objectives;

import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.PromptNotes;
import io.gapo.core.rollout.Rollout;
import java.util.Optional;

/** Rollouts for tests. */
public final class Responses {

  private Responses() {}

  public static Rollout saying(String response) {
    return rollout("p", response, 5, FinishReason.END_OF_SEQUENCE, PromptNotes.NONE);
  }

  public static Rollout of(String promptId, String response) {
    return rollout(promptId, response, 5, FinishReason.END_OF_SEQUENCE, PromptNotes.NONE);
  }

  public static Rollout toPrompt(String prompt, String response) {
    return new Rollout(
        "p",
        0,
        prompt,
        response,
        new int[] {1},
        new int[1],
        new float[1],
        new long[1],
        FinishReason.END_OF_SEQUENCE,
        1);
  }

  public static Rollout labelled(String label, String response) {
    return rollout("p", response, 5, FinishReason.END_OF_SEQUENCE, PromptNotes.labelled(label));
  }

  public static Rollout noted(String promptId, String response, PromptNotes notes) {
    return rollout(promptId, response, 5, FinishReason.END_OF_SEQUENCE, notes);
  }

  public static Rollout ofTokens(int tokens, FinishReason reason) {
    return rollout("p", "response", tokens, reason, PromptNotes.NONE);
  }

  private static Rollout rollout(
      String promptId, String response, int tokens, FinishReason reason, PromptNotes notes) {
    return new Rollout(
        promptId,
        0,
        "What is " + promptId + "?",
        response,
        new int[] {1},
        new int[tokens],
        new float[tokens],
        new long[tokens],
        reason,
        1,
        Optional.empty(),
        notes);
  }
}
