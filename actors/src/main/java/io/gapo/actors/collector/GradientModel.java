package io.gapo.actors.collector;

import io.gapo.actors.support.Closing;
import io.gapo.actors.support.IdleClock;
import io.gapo.actors.support.ListenerFailedException;
import io.gapo.core.flow.Backoff;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.TensorsReleasedException;
import io.gapo.core.port.Failures;
import io.gapo.core.port.PolicyGradients;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.settings.DurationText;
import io.gapo.core.step.BatchShare;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.UpdateDirection;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** A collector's differentiable policy, created again after a pause whenever it broke. */
final class GradientModel {

  private final Supplier<? extends PolicyGradients> models;
  private final Supplier<Optional<PolicySnapshot>> weights;
  private final IdleClock clock;
  private final Backoff backoff;
  private final Consumer<Duration> makeLater;
  private final Logger log;
  private @Nullable PolicyGradients model;
  private int failures;

  /**
   * @param weights to make it with
   * @param makeLater asked to have {@link #make} called after a pause
   */
  GradientModel(
      Supplier<? extends PolicyGradients> models,
      Supplier<Optional<PolicySnapshot>> weights,
      IdleClock clock,
      Backoff backoff,
      Consumer<Duration> makeLater,
      Logger log) {
    this.models = models;
    this.weights = weights;
    this.clock = clock;
    this.backoff = backoff;
    this.makeLater = makeLater;
    this.log = log;
  }

  /** Whether there is a model. */
  boolean isReady() {
    return model != null;
  }

  /**
   * Makes the model, with the weights in use if any. If they were lent and are gone, tries again
   * after a pause, with the newer ones that will have come.
   */
  void make() {
    try {
      PolicyGradients made = models.get();
      model = made;
      weights.get().ifPresent(made::adopt);
    } catch (TensorsReleasedException e) {
      log.info("Waits for a newer version: {}", Failures.reason(e));
      makeLater();
    } catch (RuntimeException e) {
      // Nobody asked for the model, so nobody else can try again.
      broke(e);
    }
  }

  /** Uses these weights, now or, if there is no model, as soon as one is made with them. */
  void adopt(PolicySnapshot snapshot) {
    if (model != null) {
      PolicyGradients current = model;
      clock.run("adopt", () -> current.adopt(snapshot));
    }
  }

  /** Computes what can be of these rollouts; their batch is computed without it if that fails. */
  void prepare(List<Rollout> rollouts) {
    PolicyGradients current = current();
    try {
      clock.run("prepare", () -> current.prepare(rollouts));
    } catch (ListenerFailedException e) {
      throw e;
    } catch (RuntimeException e) {
      broke(e);
    }
  }

  MeasuredBatch measure(List<ScoredRollout> batch, OptionalDouble klCoefficient) {
    PolicyGradients current = current();
    return clock.call("measure", () -> current.measure(batch, klCoefficient));
  }

  List<NamedTensor> backward(UpdateDirection direction, BatchShare share) {
    PolicyGradients current = current();
    List<NamedTensor> gradient =
        clock.call(
            "backward",
            () -> current.backward(direction.combination().weights(), direction.klWeight(), share));
    failures = 0;
    return gradient;
  }

  /** Forgets the measured batch. */
  void discard() {
    if (model == null) {
      return;
    }
    try {
      model.discard();
    } catch (RuntimeException e) {
      // The batch itself is safe with the collector.
      broke(e);
    }
  }

  /** The model's state is unknown: frees it, and makes another after a pause. */
  void broke(RuntimeException cause) {
    failures++;
    log.error(
        "The model for gradients failed, next try in {}",
        DurationText.of(backoff.pause(failures)),
        cause);
    makeLater();
  }

  private void makeLater() {
    close();
    makeLater.accept(backoff.pause(failures));
  }

  void close() {
    if (model != null) {
      Closing.close(model, log);
      model = null;
    }
  }

  private PolicyGradients current() {
    if (model == null) {
      throw new IllegalStateException("the model for gradients is being created again");
    }
    return model;
  }
}
