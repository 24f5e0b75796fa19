package io.gapo.core.flow;

import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.StepId;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Collects what the gradient collectors contribute to one step's direction, until all of them have
 * contributed or said that they have no rollouts for it.
 *
 * <p>What counts of a collector is the newest that came. A refused attempt or a restart brings
 * another batch for the same version: that replaces the one before, and the step is decided again.
 * Attempts are counted by each collector for itself, so they need not agree; versions must.
 */
public final class ContributionAssembly {

  /** What is to become of a contribution that came. */
  public sealed interface Verdict {

    /** All are here and improve the same version; those with rollouts, by collector name. */
    record Complete(List<ObjectiveGradients> contributions) implements Verdict {}

    /** It is kept until {@code missing} other collectors have contributed to its version. */
    record Held(int missing) implements Verdict {}

    /** It is of no use. */
    record Ignored(String reason) implements Verdict {}
  }

  private final int collectors;
  private final TreeMap<String, ObjectiveGradients> newest = new TreeMap<>();

  /**
   * @param collectors how many contribute to each step
   */
  public ContributionAssembly(int collectors) {
    if (collectors < 1) {
      throw new IllegalArgumentException("collectors must be >= 1, was " + collectors);
    }
    this.collectors = collectors;
  }

  /** Takes in one contribution, a repeat included. */
  public Verdict add(ObjectiveGradients gradients) {
    StepId step = gradients.step();
    if (collectors > 1 && !gradients.isAbstention() && gradients.measured().linear().isEmpty()) {
      return new Verdict.Ignored(
          "%s has no gradients that can be added, and there are %s gradient collectors: set"
                  .formatted(step, collectors)
              + " gapo.training.collectors alike in all processes");
    }
    List<ObjectiveGradients> others =
        newest.values().stream()
            .filter(other -> !other.step().collector().equals(step.collector()))
            .filter(other -> other.step().version().equals(step.version()))
            .toList();
    if (others.size() >= collectors) {
      return new Verdict.Ignored(
          "%s is one collector too many: %s contribute to %s already"
              .formatted(step, collectors, step.version()));
    }
    Optional<String> misfit =
        others.stream().flatMap(other -> misfit(gradients, other).stream()).findFirst();
    if (misfit.isPresent()) {
      return new Verdict.Ignored(misfit.get());
    }
    newest.put(step.collector(), gradients);
    int missing = collectors - 1 - others.size();
    if (missing > 0) {
      return new Verdict.Held(missing);
    }
    newest.values().removeIf(each -> !each.step().version().equals(step.version()));
    List<ObjectiveGradients> contributions =
        newest.values().stream().filter(each -> !each.isAbstention()).toList();
    // If all abstain, whoever called for this step has given its batch up, and will bring another.
    return contributions.isEmpty() ? new Verdict.Held(1) : new Verdict.Complete(contributions);
  }

  private static Optional<String> misfit(ObjectiveGradients gradients, ObjectiveGradients other) {
    if (gradients.isAbstention() || other.isAbstention()) {
      return Optional.empty();
    }
    if (!gradients.statistics().objectives().equals(other.statistics().objectives())) {
      return Optional.of(
          "%s is of objectives %s, %s of %s"
              .formatted(
                  gradients.step(),
                  gradients.statistics().objectives(),
                  other.step(),
                  other.statistics().objectives()));
    }
    if (!gradients.memory().equals(other.memory())) {
      return Optional.of(
          "%s remembers %s, %s remembers %s: they read different lineages"
              .formatted(gradients.step(), gradients.memory(), other.step(), other.memory()));
    }
    boolean isAddable =
        gradients
            .measured()
            .linear()
            .flatMap(one -> other.measured().linear().map(one::isAddableTo))
            .orElse(gradients.measured().linear().isEmpty() == other.measured().linear().isEmpty());
    return isAddable
        ? Optional.empty()
        : Optional.of(
            "%s brings %s, %s brought %s: set gapo.training.gradient-sum alike in all processes"
                .formatted(
                    gradients.step(),
                    gradients.measured().linear().orElseThrow().form(),
                    other.step(),
                    other.measured().linear().orElseThrow().form()));
  }
}
