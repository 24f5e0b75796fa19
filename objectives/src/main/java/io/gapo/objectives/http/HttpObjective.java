package io.gapo.objectives.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.gapo.core.port.Failures;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.UnscorableRolloutsException;
import io.gapo.core.rollout.Rollout;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * An objective that a service scores.
 *
 * <p>A batch goes out in several requests at a time. One that fails for what may be a single
 * rollout's fault is sent again for each of its rollouts.
 */
public final class HttpObjective implements ObjectiveModel {

  /** Tries for a rollout alone, after all those with others. */
  private static final int ATTEMPTS_ALONE = 2;

  private final String objective;
  private final Service service;
  private final int batchSize;
  private final int attempts;
  private final ExecutorService callers;

  HttpObjective(
      String objective,
      Protocol protocol,
      ServiceSettings settings,
      Optional<BearerToken> token,
      long seed,
      Waits waits,
      Clock clock) {
    this.objective = objective;
    this.service = new Service(settings, protocol, token, seed, waits, clock);
    this.batchSize = Math.min(settings.batchSize(), protocol.largestBatch());
    this.attempts = settings.attempts();
    this.callers =
        Executors.newFixedThreadPool(
            settings.concurrency(),
            task -> {
              Thread thread = new Thread(task, "http-objective-" + objective);
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * An objective that a service scores; it is not asked before the first rollouts come.
   *
   * @param seed of the pauses between tries
   */
  public static HttpObjective open(
      String objective,
      Protocol protocol,
      ServiceSettings settings,
      Optional<BearerToken> token,
      long seed) {
    return new HttpObjective(
        objective, protocol, settings, token, seed, Waits.REAL, Clock.systemUTC());
  }

  @Override
  public String objective() {
    return objective;
  }

  /** What came of some rollouts: a score or a reason for each. */
  private static final class Outcome {
    private final double[] scores;
    private final Map<String, String> unscorable = new TreeMap<>();

    Outcome(int rollouts) {
      this.scores = new double[rollouts];
    }
  }

  /**
   * {@inheritDoc}
   *
   * @throws UnscorableRolloutsException naming all rollouts for which the service gave no score
   *     within its tries
   */
  @Override
  public double[] score(List<Rollout> rollouts) {
    List<Callable<Outcome>> requests = new ArrayList<>();
    for (int from = 0; from < rollouts.size(); from += batchSize) {
      List<Rollout> batch = rollouts.subList(from, Math.min(from + batchSize, rollouts.size()));
      requests.add(() -> outcome(batch));
    }
    double[] scores = new double[rollouts.size()];
    Map<String, String> unscorable = new TreeMap<>();
    int at = 0;
    for (Outcome outcome : all(requests)) {
      System.arraycopy(outcome.scores, 0, scores, at, outcome.scores.length);
      at += outcome.scores.length;
      unscorable.putAll(outcome.unscorable);
    }
    if (!unscorable.isEmpty()) {
      throw new UnscorableRolloutsException(objective, unscorable);
    }
    return scores;
  }

  private List<Outcome> all(List<Callable<Outcome>> requests) {
    try {
      List<Outcome> outcomes = new ArrayList<>();
      for (Future<Outcome> done : callers.invokeAll(requests)) {
        outcomes.add(done.get());
      }
      return outcomes;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a service was asked", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "objective '%s': %s".formatted(objective, Failures.rootReason(e)), e);
    }
  }

  private Outcome outcome(List<Rollout> rollouts) throws InterruptedException {
    try {
      return checked(rollouts, service.ask(rollouts, attempts));
    } catch (CallFailedException e) {
      return e.kind().mayBeOneRollouts() && rollouts.size() > 1 && !service.isDown()
          ? oneByOne(rollouts)
          : failed(rollouts, e);
    }
  }

  private Outcome oneByOne(List<Rollout> rollouts) throws InterruptedException {
    Outcome all = new Outcome(rollouts.size());
    for (int i = 0; i < rollouts.size(); i++) {
      List<Rollout> alone = List.of(rollouts.get(i));
      Outcome one;
      try {
        one = checked(alone, service.ask(alone, Math.min(ATTEMPTS_ALONE, attempts)));
      } catch (CallFailedException e) {
        one = failed(alone, e);
      }
      all.scores[i] = one.scores[0];
      all.unscorable.putAll(one.unscorable);
    }
    return all;
  }

  private static Outcome failed(List<Rollout> rollouts, CallFailedException failure) {
    Outcome outcome = new Outcome(rollouts.size());
    rollouts.forEach(rollout -> outcome.unscorable.put(rollout.id(), Failures.reason(failure)));
    return outcome;
  }

  private static Outcome checked(List<Rollout> rollouts, List<JsonNode> values) {
    Outcome outcome = new Outcome(rollouts.size());
    for (int i = 0; i < rollouts.size(); i++) {
      JsonNode value = values.get(i);
      if (value.isNumber() && Double.isFinite(value.doubleValue())) {
        outcome.scores[i] = value.doubleValue();
      } else {
        outcome.unscorable.put(
            rollouts.get(i).id(),
            "the service gave it no finite number, but "
                + (value.isMissingNode()
                    ? "nothing"
                    : Excerpt.of(value.isNumber() ? value.asText() : value.toString())));
      }
    }
    return outcome;
  }

  /** Ends the calls that are under way. */
  @Override
  public void close() {
    callers.shutdownNow();
    try {
      // So that no call outlives the stage; interrupted calls end at once.
      boolean unused = callers.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
