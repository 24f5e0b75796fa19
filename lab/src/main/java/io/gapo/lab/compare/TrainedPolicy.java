package io.gapo.lab.compare;

import io.gapo.lab.display.StepFigures;
import java.nio.file.Path;
import java.util.List;

/**
 * What a run left.
 *
 * @param directory the policy, in Hugging Face's layout
 * @param seconds that training took
 */
record TrainedPolicy(Path directory, List<StepFigures> steps, double seconds) {

  TrainedPolicy {
    steps = List.copyOf(steps);
  }

  /** How many rollouts it was trained on. */
  double rollouts() {
    return steps.stream().mapToInt(step -> step.size().rollouts()).sum();
  }
}
