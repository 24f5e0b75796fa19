package io.gapo.streams.generator;

import io.gapo.streams.topic.RecordCoordinates;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which prompt ids were used where, so that a second prompt of the same id is noticed and a
 * redelivery of the first is not taken for one.
 *
 * <p>Bounded: the id that was used first is forgotten first. Not thread-safe.
 */
public final class SeenPrompts {

  private final int capacity;
  private final Map<String, RecordCoordinates> uses = new LinkedHashMap<>();
  private final Set<RecordCoordinates> givenUp = new HashSet<>();

  /**
   * @param capacity how many ids to remember
   */
  public SeenPrompts(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be >= 1, was " + capacity);
    }
    this.capacity = capacity;
  }

  /** Notes that the prompt at {@code at} has this id; says where else it was used before. */
  public Optional<RecordCoordinates> use(String id, RecordCoordinates at) {
    RecordCoordinates first = uses.putIfAbsent(id, at);
    if (first != null) {
      return first.equals(at) ? Optional.empty() : Optional.of(first);
    }
    if (uses.size() > capacity) {
      Iterator<String> oldest = uses.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return Optional.empty();
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
