package io.gapo.streams.generator;

import io.gapo.core.rollout.Prompt;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which prompt ids were used where and for which text, so that a second prompt of the same id is
 * noticed and a redelivery of the first is not taken for one.
 *
 * <p>Bounded: the id that was used first is forgotten first. Not thread-safe.
 */
public final class SeenPrompts {

  /** A duplicate is noticed while its first use is among the last million. */
  public static final int DEFAULT_CAPACITY = 1_000_000;

  private final int capacity;
  private final Map<String, Use> uses = new LinkedHashMap<>();
  private final Set<RecordCoordinates> givenUp = new HashSet<>();

  /**
   * @param at null if only rollouts of the prompt are known
   * @param textDigest see {@link Prompt#textDigest()}
   */
  private record Use(@Nullable RecordCoordinates at, String textDigest) {}

  /**
   * An earlier use of an id.
   *
   * @param at of the prompt; empty if only its rollouts are known, which may be older than the
   *     topic of prompts
   * @param sameText whether it was for the same text
   */
  public record Earlier(Optional<RecordCoordinates> at, boolean sameText) {}

  /**
   * @param capacity how many ids to remember
   */
  public SeenPrompts(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be >= 1, was " + capacity);
    }
    this.capacity = capacity;
  }

  /** How many ids are remembered. */
  public int capacity() {
    return capacity;
  }

  /** Notes that there are rollouts of a prompt, wherever it stood. */
  public void sampled(String id, String textDigest) {
    uses.putIfAbsent(id, new Use(null, textDigest));
    forgetOldest();
  }

  /**
   * Notes that the prompt at {@code at} has its id. Rollouts of the same id and text are taken to
   * be its own.
   *
   * @return the use before that it must not be mistaken for
   */
  public Optional<Earlier> use(Prompt prompt, RecordCoordinates at) {
    String textDigest = prompt.textDigest();
    Use first = uses.get(prompt.id());
    if (first == null) {
      uses.put(prompt.id(), new Use(at, textDigest));
      forgetOldest();
      return Optional.empty();
    }
    boolean sameText = first.textDigest().equals(textDigest);
    if (first.at() == null && sameText) {
      uses.put(prompt.id(), new Use(at, textDigest));
      return Optional.empty();
    }
    return at.equals(first.at())
        ? Optional.empty()
        : Optional.of(new Earlier(Optional.ofNullable(first.at()), sameText));
  }

  private void forgetOldest() {
    if (uses.size() > capacity) {
      Iterator<String> oldest = uses.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
  }

  /** Notes that this record went to quarantine before, and its offset may not be committed yet. */
  public void giveUp(RecordCoordinates at) {
    givenUp.add(at);
  }

  /** Whether this record is known to be in quarantine. */
  public boolean isGivenUp(RecordCoordinates at) {
    return givenUp.contains(at);
  }
}
