package io.gapo.actors.collector;

import io.gapo.actors.Examples;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.NonFiniteObjectiveException;
import io.gapo.core.port.PolicyGradients;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.BatchShare;
import io.gapo.core.step.MeasuredBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what it was asked for, and fails when the test wants that.
 *
 * <p>As the port demands, it loses a measured batch when it adopts other weights.
 */
public final class GradientsUnderOurControl implements PolicyGradients {

  final Queue<RuntimeException> measureFailures = new ConcurrentLinkedQueue<>();
  final Queue<RuntimeException> backwardFailures = new ConcurrentLinkedQueue<>();
  final Queue<RuntimeException> adoptFailures = new ConcurrentLinkedQueue<>();
  final Queue<RuntimeException> discardFailures = new ConcurrentLinkedQueue<>();
  final Queue<RuntimeException> prepareFailures = new ConcurrentLinkedQueue<>();
  private final List<String> prepared = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private final List<OptionalDouble> klCoefficients = new ArrayList<>();
  private boolean isMeasured;

  /** Rollouts that were prepared, which is no call: it comes whenever there is time. */
  synchronized List<String> prepared() {
    return List.copyOf(prepared);
  }

  synchronized List<String> calls() {
    return List.copyOf(calls);
  }

  /** One for each batch that was measured. */
  synchronized List<OptionalDouble> klCoefficients() {
    return List.copyOf(klCoefficients);
  }

  @Override
  public synchronized void adopt(PolicySnapshot snapshot) {
    calls.add("adopt " + snapshot.version());
    isMeasured = false;
    failIfWanted(adoptFailures);
  }

  @Override
  public synchronized void prepare(List<Rollout> rollouts) {
    prepared.addAll(rollouts.stream().map(Rollout::id).toList());
    failIfWanted(prepareFailures);
  }

  @Override
  public synchronized MeasuredBatch measure(
      List<ScoredRollout> batch, OptionalDouble klCoefficient) {
    klCoefficients.add(klCoefficient);
    calls.add("measure " + batch.stream().map(scored -> scored.rollout().id()).toList());
    failIfWanted(measureFailures);
    isMeasured = true;
    return new MeasuredBatch(
        Examples.GRAM, Optional.empty(), Examples.statistics(batch.size()), Optional.empty());
  }

  @Override
  public synchronized List<NamedTensor> backward(
      double[] weights, double klWeight, BatchShare share) {
    calls.add("backward " + List.of(weights[0], weights[1], klWeight));
    failIfWanted(backwardFailures);
    if (!isMeasured) {
      throw new IllegalStateException("nothing was measured");
    }
    isMeasured = false;
    return List.of(Examples.tensor(1));
  }

  @Override
  public synchronized void discard() {
    calls.add("discard");
    failIfWanted(discardFailures);
    isMeasured = false;
  }

  @Override
  public synchronized void close() {
    calls.add("close");
  }

  /** What a model finds in a batch with an objective that is not finite. */
  public static RuntimeException notFinite() {
    return new NonFiniteObjectiveException("helpful", "the surrogate");
  }

  private static void failIfWanted(Queue<RuntimeException> failures) {
    @Nullable RuntimeException failure = failures.poll();
    if (failure != null) {
      throw failure;
    }
  }
}
