package io.gapo.ops.feed;

import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;

/**
 * Remembers what was asked, to tell duplicates: the same conversation with the same preference. The
 * same question under another preference is another task.
 *
 * <p>Bounded: 64 bits of a SHA-256 for each of at most {@link #CAPACITY} texts, 256 MiB; later
 * texts are compared with these only. Not thread-safe.
 */
final class SeenTexts {

  static final int CAPACITY = 1 << 24;

  private static final int FIRST_SLOTS = 1 << 10;

  /** Open addressing with at least half the slots free; 0 is a free slot. */
  private long[] slots = new long[FIRST_SLOTS];

  private int size;

  /** Adds a prompt's text; says whether it is new. */
  boolean add(Prompt prompt) {
    String asked =
        prompt
            .preference()
            .map(PromptPreference::shares)
            .map(shares -> prompt.text() + "\n" + shares)
            .orElse(prompt.text());
    long digest = Long.parseUnsignedLong(Prompt.textDigest(prompt.history(), asked), 16);
    return add(digest == 0 ? 1 : digest);
  }

  private boolean add(long digest) {
    int slot = slotOf(digest);
    if (slots[slot] == digest) {
      return false;
    }
    if (size < CAPACITY) {
      slots[slot] = digest;
      size++;
      if (2 * size > slots.length) {
        grow();
      }
    }
    return true;
  }

  private int slotOf(long digest) {
    int mask = slots.length - 1;
    int slot = (int) digest & mask;
    while (slots[slot] != 0 && slots[slot] != digest) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] before = slots;
    slots = new long[2 * before.length];
    for (long digest : before) {
      if (digest != 0) {
        slots[slotOf(digest)] = digest;
      }
    }
  }
}
