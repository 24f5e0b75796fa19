package io.gapo.core.ppo;

/** What becomes of responses that ended because they reached the longest length allowed. */
public enum TruncatedResponses {
  /** They train as others do, by the scores of what there is of them. */
  TRAIN,
  /**
   * Their tokens are left out of every objective's losses, value heads' included (DAPO's overlong
   * filtering, TRL's mask_truncated_completions). They are still compared with.
   */
  MASK,
  /** They train, and long responses earn less: see {@link ResponseLimit#penalty}. */
  SOFT_OVERLONG
}
