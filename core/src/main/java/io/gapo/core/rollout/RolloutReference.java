package io.gapo.core.rollout;

import org.jspecify.annotations.Nullable;

/**
 * Names one rollout without carrying it.
 *
 * @param digest of the very sampling meant; see {@link Rollout#digest()}
 * @param oldestVersion number of the oldest policy version that produced one of its tokens
 * @param promptDigest see {@link Prompt#textDigest(java.util.List, String)}; null where the
 *     reference was written before references had one
 */
public record RolloutReference(
    String id, String digest, String promptId, long oldestVersion, @Nullable String promptDigest) {

  public static RolloutReference to(Rollout rollout) {
    return new RolloutReference(
        rollout.id(),
        rollout.digest(),
        rollout.promptId(),
        rollout.oldestVersion().number(),
        Prompt.textDigest(rollout.history(), rollout.prompt()));
  }
}
