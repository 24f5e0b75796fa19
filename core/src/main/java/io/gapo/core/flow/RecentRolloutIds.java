package io.gapo.core.flow;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/**
 * The ids of rollouts whose fate is known, so that a repeat is recognized.
 *
 * <p>Bounded: the id that was added first is forgotten first. Topics redeliver only the recent
 * past, so a capacity of some hundred batches forgets nothing that can come back.
 */
public final class RecentRolloutIds {

  private final int capacity;
  private final LinkedHashSet<String> ids = new LinkedHashSet<>();

  public RecentRolloutIds(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity must be >= 1, was " + capacity);
    }
    this.capacity = capacity;
  }

  /** Remembers one id; says whether it was new. */
  public boolean add(String id) {
    boolean isNew = ids.add(id);
    if (ids.size() > capacity) {
      ids.remove(ids.iterator().next());
    }
    return isNew;
  }

  /** Remembers them in this order. */
  public void addAll(Collection<String> added) {
    added.forEach(this::add);
  }

  public boolean contains(String id) {
    return ids.contains(id);
  }

  /** A copy, in the order of adding. */
  public List<String> oldestFirst() {
    return List.copyOf(ids);
  }
}
