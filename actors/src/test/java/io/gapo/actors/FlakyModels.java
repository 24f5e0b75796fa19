package io.gapo.actors;

import io.gapo.actors.collector.GradientsUnderOurControl;
import io.gapo.actors.optimizer.LearnerOnDisk;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.port.PolicyGradients;
import io.gapo.core.port.PolicyLearner;
import io.gapo.core.port.PolicySampler;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.BatchShare;
import io.gapo.core.step.MeasuredBatch;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;

/** Models that do what they should, most of the time. */
public final class FlakyModels {

  private final Random random;

  public FlakyModels(long seed) {
    this.random = new Random(seed);
  }

  private boolean oneIn(int n) {
    synchronized (random) {
      return random.nextInt(n) == 0;
    }
  }

  private void failOneIn(int n) {
    if (oneIn(n)) {
      throw new IllegalStateException("out of memory");
    }
  }

  public PolicySampler sampler(PolicySampler steady) {
    return new PolicySampler() {
      @Override
      public Optional<String> rejection(Prompt prompt) {
        return steady.rejection(prompt);
      }

      @Override
      public int freeSlots() {
        return steady.freeSlots();
      }

      @Override
      public int activeSequences() {
        return steady.activeSequences();
      }

      @Override
      public void admit(List<SampleRequest> requests) {
        failOneIn(50);
        steady.admit(requests);
      }

      @Override
      public List<Rollout> step() {
        failOneIn(80);
        return steady.step();
      }

      @Override
      public void adopt(PolicySnapshot snapshot) {
        failOneIn(20);
        steady.adopt(snapshot);
      }

      @Override
      public void close() {
        failOneIn(2);
        steady.close();
      }
    };
  }

  public ObjectiveModel objective(String name) {
    return new ObjectiveModel() {
      @Override
      public String objective() {
        return name;
      }

      @Override
      public double[] score(List<Rollout> rollouts) {
        failOneIn(5);
        return new double[rollouts.size()];
      }

      @Override
      public void close() {}
    };
  }

  public PolicyGradients gradients(PolicyGradients steady) {
    return new PolicyGradients() {
      @Override
      public void adopt(PolicySnapshot snapshot) {
        steady.adopt(snapshot);
      }

      @Override
      public void prepare(List<Rollout> rollouts) {
        failOneIn(10);
        steady.prepare(rollouts);
      }

      @Override
      public MeasuredBatch measure(List<ScoredRollout> batch, OptionalDouble klCoefficient) {
        failOneIn(10);
        if (oneIn(10)) {
          throw GradientsUnderOurControl.notFinite();
        }
        return steady.measure(batch, klCoefficient);
      }

      @Override
      public List<NamedTensor> backward(double[] weights, double klWeight, BatchShare share) {
        failOneIn(10);
        List<NamedTensor> gradient = steady.backward(weights, klWeight, share);
        return oneIn(8) ? List.of(LearnerOnDisk.NOT_FINITE) : gradient;
      }

      @Override
      public void discard() {
        failOneIn(5);
        steady.discard();
      }

      @Override
      public void close() {
        failOneIn(2);
        steady.close();
      }
    };
  }

  public PolicyLearner learner(PolicyLearner steady) {
    return new PolicyLearner() {
      @Override
      public Optional<CheckpointState> restore() {
        return steady.restore();
      }

      @Override
      public List<NamedTensor> tensors() {
        return steady.tensors();
      }

      @Override
      public AppliedUpdate apply(List<List<NamedTensor>> parts) {
        failOneIn(10);
        return steady.apply(parts);
      }

      @Override
      public void save(CheckpointState state) {
        failOneIn(8);
        steady.save(state);
      }

      @Override
      public void close() {
        steady.close();
        failOneIn(2);
      }
    };
  }
}
