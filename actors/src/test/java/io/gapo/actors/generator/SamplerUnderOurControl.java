package io.gapo.actors.generator;

import io.gapo.actors.Examples;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.PolicySampler;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Samples a fixed number of tokens for each rollout, each step only when the test allows it.
 *
 * <p>A prompt whose text contains {@code too long} is rejected, one that contains {@code
 * unreadable} cannot even be read.
 */
public final class SamplerUnderOurControl implements PolicySampler {

  private final int slots;
  private final int tokens;
  private final Map<SampleRequest, List<Long>> active = new LinkedHashMap<>();
  private final Semaphore allowed = new Semaphore(0);
  private final Semaphore begun = new Semaphore(0);
  private final List<SampleRequest> admitted = new ArrayList<>();
  private final List<PolicySnapshot> snapshots = new ArrayList<>();
  private final List<Integer> activeAtStep = new ArrayList<>();
  private final Queue<RuntimeException> adoptFailures = new ArrayDeque<>();
  private boolean failsToStep;
  private boolean closed;
  private int calls;

  SamplerUnderOurControl(int slots, int tokens) {
    this.slots = slots;
    this.tokens = tokens;
  }

  /** One that needs no permission for its steps. */
  public static SamplerUnderOurControl free(int slots, int tokens) {
    SamplerUnderOurControl sampler = new SamplerUnderOurControl(slots, tokens);
    sampler.allowSteps(1_000_000);
    return sampler;
  }

  void allowSteps(int steps) {
    allowed.release(steps);
  }

  /** Waits until {@code steps} more steps have begun, allowed to continue or not. */
  void awaitBegun(int steps) {
    acquire(begun, steps);
  }

  synchronized void failAtNextStep() {
    failsToStep = true;
  }

  synchronized void failToAdopt(RuntimeException failure) {
    adoptFailures.add(failure);
  }

  synchronized List<String> admitted() {
    return admitted.stream().map(SampleRequest::rolloutId).toList();
  }

  synchronized List<PolicySnapshot> snapshots() {
    return List.copyOf(snapshots);
  }

  /** How many sequences were sampled in each step. */
  synchronized List<Integer> activeAtStep() {
    return List.copyOf(activeAtStep);
  }

  /** How often anything but {@link #rejection} was called. */
  synchronized int calls() {
    return calls;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  @Override
  public Optional<String> rejection(Prompt prompt) {
    if (prompt.text().contains("unreadable")) {
      throw new IllegalStateException("unreadable");
    }
    return prompt.text().contains("too long") ? Optional.of("too long") : Optional.empty();
  }

  @Override
  public synchronized int freeSlots() {
    calls++;
    return slots - active.size();
  }

  @Override
  public synchronized int activeSequences() {
    calls++;
    return active.size();
  }

  @Override
  public synchronized void admit(List<SampleRequest> requests) {
    calls++;
    if (requests.size() > slots - active.size()) {
      throw new IllegalStateException("no room");
    }
    admitted.addAll(requests);
    requests.forEach(request -> active.put(request, new ArrayList<>()));
  }

  @Override
  public List<Rollout> step() {
    begun.release();
    acquire(allowed, 1);
    return sample();
  }

  private synchronized List<Rollout> sample() {
    calls++;
    if (failsToStep) {
      failsToStep = false;
      throw new IllegalStateException("the device is gone");
    }
    activeAtStep.add(active.size());
    long version = snapshots.get(snapshots.size() - 1).version().number();
    List<Rollout> ended = new ArrayList<>();
    for (Map.Entry<SampleRequest, List<Long>> sequence : Map.copyOf(active).entrySet()) {
      List<Long> versions = sequence.getValue();
      versions.add(version);
      if (versions.size() == tokens) {
        active.remove(sequence.getKey());
        SampleRequest request = sequence.getKey();
        ended.add(
            Examples.rollout(
                request.prompt().id(),
                request.sampleIndex(),
                versions.stream().mapToLong(Long::longValue).toArray()));
      }
    }
    return ended;
  }

  @Override
  public synchronized void adopt(PolicySnapshot snapshot) {
    calls++;
    RuntimeException failure = adoptFailures.poll();
    if (failure != null) {
      throw failure;
    }
    snapshots.add(snapshot);
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  private static void acquire(Semaphore semaphore, int permits) {
    try {
      if (!semaphore.tryAcquire(permits, 1, TimeUnit.MINUTES)) {
        throw new AssertionError("nothing happened for a minute");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
