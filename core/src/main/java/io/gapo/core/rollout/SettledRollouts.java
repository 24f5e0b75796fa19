package io.gapo.core.rollout;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;

/**
 * Which rollouts are settled: all of a run, so that one that is delivered again is recognized
 * however long ago it was settled.
 *
 * <p>Compact: a prompt takes 24 bytes of a hash table that is three eighths to three quarters full,
 * see ADR 0016. It is known by 128 bits of SHA-256, which no two prompts of a run share, its
 * samples by one bit each.
 *
 * <p>Not thread-safe while rollouts are added; afterwards several threads may ask.
 */
public final class SettledRollouts {

  /** Longs a slot: two of the prompt's digest, and its settled samples; without any it is free. */
  private static final int SLOT = 3;

  private static final int SAMPLES = 2;
  private static final int FEWEST_SLOTS = 64;
  private static final int MOST_SLOTS = 1 << 29;

  private long[] table = new long[FEWEST_SLOTS * SLOT];
  private int slots = FEWEST_SLOTS;
  private int used;
  private long size;

  /** These rollouts, by their ids. */
  public static SettledRollouts of(Collection<String> ids) {
    SettledRollouts settled = new SettledRollouts();
    ids.forEach(settled::add);
    return settled;
  }

  /** This rollout is settled; says whether that is news. */
  public boolean add(String id) {
    Key key = Key.of(id);
    int slot = find(key.high(), key.low());
    long samples = table[slot + SAMPLES];
    if ((samples & key.sample()) != 0) {
      return false;
    }
    put(slot, key.high(), key.low(), samples | key.sample());
    size++;
    if (samples == 0) {
      used++;
      growIfCrowded();
    }
    return true;
  }

  /** Whether this rollout is settled. */
  public boolean contains(String id) {
    Key key = Key.of(id);
    return (table[find(key.high(), key.low()) + SAMPLES] & key.sample()) != 0;
  }

  /** How many rollouts are settled. */
  public long size() {
    return size;
  }

  /** Where this prompt is, or may be put. */
  private int find(long high, long low) {
    int slot = (int) high & (slots - 1);
    while (true) {
      int at = slot * SLOT;
      boolean isFree = table[at + SAMPLES] == 0;
      if (isFree || (table[at] == high && table[at + 1] == low)) {
        return at;
      }
      slot = (slot + 1) & (slots - 1);
    }
  }

  private void put(int at, long high, long low, long samples) {
    table[at] = high;
    table[at + 1] = low;
    table[at + SAMPLES] = samples;
  }

  private void growIfCrowded() {
    if (used <= slots / 4 * 3) {
      return;
    }
    if (slots == MOST_SLOTS) {
      throw new IllegalStateException(
          "no room for the settled rollouts of more than %s prompts".formatted(used));
    }
    long[] before = table;
    slots *= 2;
    table = new long[slots * SLOT];
    for (int at = 0; at < before.length; at += SLOT) {
      if (before[at + SAMPLES] != 0) {
        put(find(before[at], before[at + 1]), before[at], before[at + 1], before[at + SAMPLES]);
      }
    }
  }

  /**
   * Where a rollout is looked up.
   *
   * @param sample the one bit that is its own among the samples of its slot
   */
  private record Key(long high, long low, long sample) {

    private static final int MOST_DIGITS = 9;

    /** An id of another form than {@link Rollout#id(String, int)} gives has a slot to itself. */
    static Key of(String id) {
      int mark = id.lastIndexOf('#');
      if (mark < 1 || !isNumber(id, mark + 1)) {
        return of(id, 1);
      }
      int index = Integer.parseInt(id, mark + 1, id.length(), 10);
      return of(id.substring(0, mark + 1) + index / Long.SIZE, 1L << index % Long.SIZE);
    }

    private static Key of(String slot, long sample) {
      ByteBuffer digest = ByteBuffer.wrap(sha256().digest(slot.getBytes(StandardCharsets.UTF_8)));
      return new Key(digest.getLong(), digest.getLong(), sample);
    }

    /** Whether the rest is a sample index as an id has it: without sign or leading zero. */
    private static boolean isNumber(String id, int begin) {
      int digits = id.length() - begin;
      return digits >= 1
          && digits <= MOST_DIGITS
          && (digits == 1 || id.charAt(begin) != '0')
          && id.chars().skip(begin).allMatch(digit -> digit >= '0' && digit <= '9');
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every Java platform has SHA-256", e);
      }
    }
  }
}
