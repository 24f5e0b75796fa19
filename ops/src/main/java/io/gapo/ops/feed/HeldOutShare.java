package io.gapo.ops.feed;

import io.gapo.core.rollout.Prompt;

/**
 * A share of the prompts that nothing is trained on. The hash of what is asked decides: a text is
 * held out in every file, in every pass and in every run, or in none.
 *
 * @param share of the texts, from 0 to 1
 */
public record HeldOutShare(double share) {

  private static final double HASHES = 0x1p64;

  /**
   * Whether a prompt is held out.
   *
   * @param textDigest of {@link Prompt#textDigest()}
   */
  public boolean takes(String textDigest) {
    // A long is signed: half the hashes are negative.
    long digest = Long.parseUnsignedLong(textDigest, 16);
    double place = (digest >>> 1) * 2.0 / HASHES;
    return place < share;
  }
}
