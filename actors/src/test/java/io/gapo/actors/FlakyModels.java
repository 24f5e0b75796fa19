package io.gapo.actors;

import io.gapo.core.policy.AppliedUpdate;
import io.gapo.core.policy.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicyGradients;
import io.gapo.core.policy.PolicyLearner;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.rollout.ObjectiveModel;
import io.gapo.core.rollout.PolicySampler;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.BatchShare;
import io.gapo.core.step.MeasuredBatch;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** Models that do what they should, most of the time. */
final class FlakyModels {

  private final Random random;

  FlakyModels(long seed) {
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

  PolicySampler sampler(PolicySampler steady) {
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

  ObjectiveModel objective(String name) {
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

  PolicyGradients gradients(PolicyGradients steady) {
    return new PolicyGradients() {
      @Override
      public void adopt(PolicySnapshot snapshot) {
        steady.adopt(snapshot);
      }

      @Override
      public MeasuredBatch measure(List<ScoredRollout> batch) {
        failOneIn(10);
        if (oneIn(10)) {
          throw GradientsUnderOurControl.notFinite();
        }
        return steady.measure(batch);
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

  PolicyLearner learner(PolicyLearner steady) {
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
