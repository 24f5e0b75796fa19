package io.gapo.streams.sample;

import io.gapo.core.rollout.ChatMessage;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import java.util.Arrays;
import java.util.List;

/**
 * A rollout without what is kept for each of its tokens, so that many fit into memory.
 *
 * @param digest see {@link Rollout#digest()}
 * @param history see {@link Rollout#history()}
 * @param oldestVersion number of the oldest policy version that produced one of its tokens
 * @param newestVersion number of the newest one
 * @param tokens of the response
 * @param writtenAt in milliseconds since 1970, by the generator's clock
 */
public record SampledResponse(
    String id,
    String digest,
    String promptId,
    List<ChatMessage> history,
    String prompt,
    String response,
    long oldestVersion,
    long newestVersion,
    int tokens,
    FinishReason finishReason,
    long writtenAt) {

  public SampledResponse {
    history = List.copyOf(history);
  }

  static SampledResponse of(Rollout rollout, long writtenAt) {
    return new SampledResponse(
        rollout.id(),
        rollout.digest(),
        rollout.promptId(),
        rollout.history(),
        rollout.prompt(),
        rollout.response(),
        rollout.oldestVersion().number(),
        Arrays.stream(rollout.versions()).max().orElseThrow(),
        rollout.responseTokens().length,
        rollout.finishReason(),
        writtenAt);
  }
}
