package io.gapo.ops.metrics;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.step.ScopeAudit;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** The figures of the newest step, as gauges. */
final class StepGauges {

  private final MeterRegistry registry;
  private final List<Figure> figures = new ArrayList<>();
  private final List<ObjectiveFigure> objectiveFigures = new ArrayList<>();
  private final Gauges cosine;
  private final Gauges auditAngle;
  private final OffPolicyGauges offPolicy;

  private record Figure(Gauges gauge, ToDoubleFunction<VersionLineage> value) {}

  /**
   * @param value of a lineage and an objective's index
   */
  private record ObjectiveFigure(Gauges gauge, ToDoubleBiFunction<VersionLineage, Integer> value) {}

  /**
   * @param objectives whose gauges exist before the first step, without a value
   */
  StepGauges(MeterRegistry registry, List<String> objectives) {
    this.registry = registry;
    this.offPolicy = new OffPolicyGauges(registry);
    this.cosine =
        gauges(
            "gapo.gradient.cosine",
            "Cosine of the angle between two objectives' gradients; below 0 they conflict",
            null);
    this.auditAngle =
        gauges(
            "gapo.gradient.audit.angle",
            "Angle between the newest audited step's direction and that of all trainable tensors",
            "degrees");
    auditAngle.set(Double.NaN);
    addObjectiveFigures();
    addPolicyFigures();
    addRolloutFigures();
    figures.forEach(figure -> figure.gauge().set(Double.NaN));
    show(objectives, (figure, i) -> Double.NaN, (i, j) -> Double.NaN);
  }

  private void addObjectiveFigures() {
    add(
        "gapo.objective.score",
        "Mean score of the newest batch; higher is better",
        null,
        (lineage, i) -> lineage.statistics().perObjective().get(i).meanScore());
    add(
        "gapo.objective.score.normalised",
        "Mean score of the newest batch on the scale on which it became a reward",
        null,
        (lineage, i) -> lineage.statistics().perObjective().get(i).meanNormalised());
    add(
        "gapo.objective.nonnegative",
        "Share of the newest batch scored at or above 0; for harmlessness the harmless ratio",
        "ratio",
        (lineage, i) -> lineage.statistics().perObjective().get(i).nonNegativeShare());
    add(
        "gapo.objective.weight",
        "Share of the objective in the newest update's direction (alpha)",
        null,
        (lineage, i) -> lineage.direction().combination().alpha()[i]);
    add(
        "gapo.objective.left.out",
        "1 if the newest step left the objective out because it had no gradient, else 0",
        null,
        (lineage, i) ->
            lineage
                    .direction()
                    .combination()
                    .leftOut()
                    .contains(lineage.statistics().objectives().get(i))
                ? 1
                : 0);
    add(
        "gapo.objective.gradient.norm",
        "Norm of the objective's raw last-layer gradient",
        null,
        (lineage, i) -> lineage.direction().gram().norm(i));
  }

  private void addPolicyFigures() {
    add(
        "gapo.policy.kl",
        "Mean KL divergence from the reference policy for each token",
        "nats",
        lineage -> lineage.statistics().policy().kl());
    add(
        "gapo.policy.kl.coefficient",
        "Coefficient of the penalty for straying that the newest step was made with",
        null,
        lineage -> lineage.statistics().policy().klCoefficient());
    add(
        "gapo.policy.entropy",
        "Mean entropy of the next-token distribution",
        "nats",
        lineage -> lineage.statistics().policy().entropy());
    add(
        "gapo.policy.clip.fraction",
        "Share of tokens whose importance ratio lies outside the clip range",
        null,
        lineage -> lineage.statistics().ratios().clipFraction());
    add(
        "gapo.policy.importance.ratio",
        "Mean probability ratio of policy to behavior policy",
        null,
        lineage -> lineage.statistics().ratios().mean());
    add(
        "gapo.policy.importance.ratio.max",
        "Largest probability ratio of policy to behavior policy",
        null,
        lineage -> lineage.statistics().ratios().max());
    add(
        "gapo.policy.gradient.norm",
        "Global norm of the newest gradient before clipping",
        null,
        lineage -> lineage.update().gradientNorm());
    add(
        "gapo.policy.learning.rate",
        "Learning rate of the newest step",
        null,
        lineage -> lineage.update().learningRate());
  }

  private void addRolloutFigures() {
    add(
        "gapo.rollout.staleness",
        "Mean policy versions between sampling and training",
        "versions",
        lineage -> lineage.statistics().staleness().mean());
    add(
        "gapo.rollout.staleness.max",
        "Most policy versions between sampling and training",
        "versions",
        lineage -> (double) lineage.statistics().staleness().max());
  }

  private void add(
      String name,
      String description,
      @Nullable String unit,
      ToDoubleFunction<VersionLineage> value) {
    figures.add(new Figure(gauges(name, description, unit), value));
  }

  private void add(
      String name,
      String description,
      @Nullable String unit,
      ToDoubleBiFunction<VersionLineage, Integer> value) {
    objectiveFigures.add(new ObjectiveFigure(gauges(name, description, unit), value));
  }

  private Gauges gauges(String name, String description, @Nullable String unit) {
    return new Gauges(registry, name, description, unit);
  }

  /** Shows what made a version. */
  void set(VersionLineage lineage) {
    figures.forEach(figure -> figure.gauge().set(figure.value().applyAsDouble(lineage)));
    show(
        lineage.statistics().objectives(),
        (figure, i) -> figure.value().applyAsDouble(lineage, i),
        (i, j) -> lineage.direction().gram().cosine(i, j));
    offPolicy.set(lineage.statistics().ratios().byStaleness());
    ScopeAudit audit = lineage.direction().audit();
    if (audit != null) {
      auditAngle.set(Math.toDegrees(Math.acos(audit.cosine())));
    }
  }

  private void show(
      List<String> objectives,
      ToDoubleBiFunction<ObjectiveFigure, Integer> value,
      ToDoubleBiFunction<Integer, Integer> cosines) {
    for (int i = 0; i < objectives.size(); i++) {
      String name = objectives.get(i);
      for (ObjectiveFigure figure : objectiveFigures) {
        figure.gauge().set(value.applyAsDouble(figure, i), "objective", name);
      }
      for (int j = i + 1; j < objectives.size(); j++) {
        cosine.set(cosines.applyAsDouble(i, j), "first", name, "second", objectives.get(j));
      }
    }
  }
}
