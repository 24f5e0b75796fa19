package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;

/**
 * One figure of every run.
 *
 * @param value empty if the run does not have it
 */
record Column(String name, Unit unit, Better better, Function<RunResult, OptionalDouble> value) {

  /** How a figure is written. */
  enum Unit {
    SCORE,
    /** A share from 0 to 1, written in percent. */
    SHARE,
    NATS,
    TOKENS
  }

  /** Which values are good. */
  enum Better {
    HIGHER,
    /** Lower is better among policies that moved at all. */
    LOWER_ABOVE_ZERO,
    UNDECIDED
  }

  /** The table's columns that any run has: the paper's, the gold grades, then whatever else. */
  static List<Column> of(ComparisonResults results) {
    Set<String> names = new LinkedHashSet<>();
    results.runs().forEach(run -> names.addAll(run.measures().keySet()));
    List<Column> columns = new ArrayList<>();
    List<Column> scores = results.objectives().stream().map(Column::score).toList();
    columns.addAll(scores);
    if (scores.size() > 1) {
      columns.add(new Column("average", Unit.SCORE, Better.HIGHER, run -> average(scores, run)));
    }
    columns.add(measure(MeasureNames.HARMLESS_RATIO, Unit.SHARE, Better.HIGHER));
    columns.add(measure(MeasureNames.KL, Unit.NATS, Better.LOWER_ABOVE_ZERO));
    columns.add(measure(MeasureNames.MEAN_TOKENS, Unit.TOKENS, Better.UNDECIDED));
    columns.add(measure(MeasureNames.GOLD_HELPFULNESS, Unit.SCORE, Better.HIGHER));
    columns.add(measure(MeasureNames.GOLD_HARMLESSNESS, Unit.SCORE, Better.HIGHER));
    columns.add(measure(MeasureNames.GOLD_HARMLESS_RATIO, Unit.SHARE, Better.HIGHER));
    columns.forEach(column -> names.remove(column.name()));
    names.forEach(name -> columns.add(measure(name, Unit.SCORE, Better.UNDECIDED)));
    columns.removeIf(column -> results.runs().stream().allMatch(run -> column.of(run).isEmpty()));
    return List.copyOf(columns);
  }

  /** The learned score of an objective. */
  static Column score(String objective) {
    return measure(MeasureNames.score(objective), Unit.SCORE, Better.HIGHER);
  }

  /** Name and unit, where the figures do not say it. */
  String heading() {
    return unit == Unit.NATS ? name + ", nats" : name;
  }

  /** The run's figure, if it is a number. */
  OptionalDouble of(RunResult run) {
    OptionalDouble found = value.apply(run);
    return found.stream().filter(Double::isFinite).findFirst();
  }

  /** The estimate over the seeds that have the figure. */
  Optional<SeedEstimate> of(MethodRow row) {
    double[] values = row.runs().stream().flatMapToDouble(run -> of(run).stream()).toArray();
    return values.length == 0 ? Optional.empty() : Optional.of(SeedEstimate.of(values));
  }

  private static Column measure(String name, Unit unit, Better better) {
    return new Column(
        name,
        unit,
        better,
        run -> {
          Measure measure = run.measures().get(name);
          return measure == null ? OptionalDouble.empty() : OptionalDouble.of(measure.mean());
        });
  }

  /** Unknown as soon as one score is. */
  private static OptionalDouble average(List<Column> scores, RunResult run) {
    double sum = 0;
    for (Column score : scores) {
      OptionalDouble value = score.of(run);
      if (value.isEmpty()) {
        return value;
      }
      sum += value.getAsDouble();
    }
    return OptionalDouble.of(sum / scores.size());
  }
}
