package io.gapo.actors.optimizer;

import io.gapo.actors.Examples;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.TensorStorage;
import io.gapo.core.policy.TensorsReleasedException;
import io.gapo.core.port.NonFiniteGradientException;
import io.gapo.core.port.PolicyLearner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A policy of one number that counts the parts applied to it, on a disk that outlives it.
 *
 * <p>A part whose tensor is {@link #NOT_FINITE} is not finite; one without a tensor is of another
 * policy; one whose tensor is {@link #GONE} was lent too long ago.
 */
public final class LearnerOnDisk implements PolicyLearner {

  public static final NamedTensor NOT_FINITE = Examples.tensor(-1);

  static final NamedTensor GONE =
      new NamedTensor(
          NOT_FINITE.name(), NOT_FINITE.dataType(), NOT_FINITE.shape(), new ReleasedStorage());

  private static final class ReleasedStorage implements TensorStorage {

    @Override
    public long size() {
      return NOT_FINITE.storage().size();
    }

    @Override
    public byte[] bytes() {
      throw new TensorsReleasedException("gradients");
    }
  }

  /** What is left when a learner is closed, and what the test does to it. */
  public static final class Disk {

    private final List<CheckpointState> states = new ArrayList<>();
    private final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();
    private int weight;
    private boolean locked;

    synchronized List<CheckpointState> states() {
      return List.copyOf(states);
    }

    CheckpointState newest() {
      return states().get(states().size() - 1);
    }

    synchronized int weight() {
      return weight;
    }

    synchronized boolean isLocked() {
      return locked;
    }

    /** Makes the next write fail. */
    void failNextWrite() {
      failures.add(new IllegalStateException("no space left on device"));
    }

    private synchronized void lock() {
      if (locked) {
        throw new IllegalStateException("the checkpoints are in use");
      }
      locked = true;
    }

    private synchronized void unlock() {
      locked = false;
    }

    private synchronized void write(CheckpointState state, int newWeight) {
      RuntimeException failure = failures.poll();
      if (failure != null) {
        throw failure;
      }
      states.add(state);
      weight = newWeight;
    }
  }

  private final Disk disk;
  private int weight;

  public LearnerOnDisk(Disk disk) {
    this.disk = disk;
    disk.lock();
  }

  @Override
  public Optional<CheckpointState> restore() {
    if (disk.states().isEmpty()) {
      return Optional.empty();
    }
    weight = disk.weight();
    return Optional.of(disk.newest());
  }

  @Override
  public List<NamedTensor> tensors() {
    return List.of(Examples.tensor(weight));
  }

  @Override
  public AppliedUpdate apply(List<List<NamedTensor>> parts) {
    if (parts.stream().anyMatch(List::isEmpty)) {
      throw new IllegalArgumentException("tensor w is missing");
    }
    if (parts.stream().anyMatch(part -> part.contains(NOT_FINITE))) {
      throw new NonFiniteGradientException("w");
    }
    weight += parts.size();
    return new AppliedUpdate(1, 0.1);
  }

  @Override
  public void save(CheckpointState state) {
    disk.write(state, weight);
  }

  @Override
  public void close() {
    disk.unlock();
  }
}
