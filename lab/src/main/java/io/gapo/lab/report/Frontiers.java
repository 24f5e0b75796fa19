package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The frontiers of the methods that take a preference.
 *
 * @param first name of the objective on the first axis
 * @param second name of the objective on the second axis
 * @param reference of all hypervolumes: a tenth of the range below the worst score that any of the
 *     frontiers' runs has, on either objective; all points count, and all methods alike
 */
record Frontiers(String first, String second, Point reference, List<Frontier> frontiers) {

  private static final double MARGIN = 0.1;

  /** Empty if fewer than two objectives, or no run with a frontier's preference has both scores. */
  static Optional<Frontiers> of(ComparisonResults results) {
    if (results.objectives().size() < 2) {
      return Optional.empty();
    }
    Plane plane =
        new Plane(
            Column.score(results.objectives().get(0)), Column.score(results.objectives().get(1)));
    List<MethodRow> rows =
        MethodRow.of(results).stream()
            .filter(row -> results.frontierPreferences().contains(row.preference()))
            .filter(row -> plane.first.of(row).isPresent())
            .filter(row -> plane.second.of(row).isPresent())
            .toList();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    Point reference = reference(rows, plane);
    List<Point> jointFront = ParetoFront.of(rows.stream().map(plane::mean).toList());
    Map<String, List<MethodRow>> byLabel = new LinkedHashMap<>();
    rows.forEach(row -> byLabel.computeIfAbsent(row.label(), label -> new ArrayList<>()).add(row));
    String leading = results.objectives().get(0);
    List<Frontier> frontiers = new ArrayList<>();
    byLabel.forEach(
        (label, own) -> {
          own.sort(Comparator.comparingDouble(row -> asked(row, leading)));
          frontiers.add(frontier(label, own, plane, reference, jointFront, results.objectives()));
        });
    return Optional.of(
        new Frontiers(leading, results.objectives().get(1), reference, List.copyOf(frontiers)));
  }

  private record Plane(Column first, Column second) {

    Optional<Point> of(RunResult run) {
      OptionalDouble x = first.of(run);
      OptionalDouble y = second.of(run);
      return x.isPresent() && y.isPresent()
          ? Optional.of(new Point(x.getAsDouble(), y.getAsDouble()))
          : Optional.empty();
    }

    Point mean(MethodRow row) {
      return new Point(first.of(row).orElseThrow().mean(), second.of(row).orElseThrow().mean());
    }
  }

  private static Point reference(List<MethodRow> rows, Plane plane) {
    return new Point(below(rows, plane.first), below(rows, plane.second));
  }

  private static double below(List<MethodRow> rows, Column column) {
    double[] values =
        rows.stream()
            .flatMap(row -> row.runs().stream())
            .flatMapToDouble(run -> column.of(run).stream())
            .sorted()
            .toArray();
    double range = values[values.length - 1] - values[0];
    return values[0] - (range > 0 ? MARGIN * range : 1);
  }

  private static Frontier frontier(
      String label,
      List<MethodRow> rows,
      Plane plane,
      Point reference,
      List<Point> jointFront,
      List<String> objectives) {
    List<FrontierPoint> points =
        rows.stream()
            .map(
                row ->
                    new FrontierPoint(
                        row,
                        plane.first.of(row).orElseThrow(),
                        plane.second.of(row).orElseThrow(),
                        jointFront.contains(plane.mean(row))))
            .toList();
    List<List<RunResult>> complete = completeSeeds(rows, plane);
    Map<String, Optional<SeedEstimate>> adherence = new LinkedHashMap<>();
    for (String objective : objectives) {
      adherence.put(objective, overSeeds(complete, runs -> adherence(runs, objective)));
    }
    return new Frontier(
        label,
        points,
        overSeeds(
            complete, runs -> OptionalDouble.of(Hypervolume.of(points(runs, plane), reference))),
        overSeeds(complete, runs -> Spacing.of(ParetoFront.of(points(runs, plane)))),
        adherence,
        (int) points.stream().filter(FrontierPoint::onJointFront).count(),
        rows.stream().flatMap(row -> row.runs().stream()).mapToDouble(RunResult::seconds).sum(),
        rows.stream().flatMap(row -> row.runs().stream()).mapToDouble(RunResult::rollouts).sum());
  }

  /**
   * One list a seed that has all preferences: what a missing run would do to a figure is unfair.
   */
  private static List<List<RunResult>> completeSeeds(List<MethodRow> rows, Plane plane) {
    Map<Long, List<RunResult>> bySeed = new TreeMap<>();
    rows.stream()
        .flatMap(row -> row.runs().stream())
        .filter(run -> plane.of(run).isPresent())
        .forEach(run -> bySeed.computeIfAbsent(run.seed(), seed -> new ArrayList<>()).add(run));
    return bySeed.values().stream().filter(runs -> runs.size() == rows.size()).toList();
  }

  private static Optional<SeedEstimate> overSeeds(
      List<List<RunResult>> seeds, Function<List<RunResult>, OptionalDouble> figure) {
    double[] values = seeds.stream().flatMapToDouble(runs -> figure.apply(runs).stream()).toArray();
    return values.length == 0 ? Optional.empty() : Optional.of(SeedEstimate.of(values));
  }

  private static List<Point> points(List<RunResult> runs, Plane plane) {
    return runs.stream().map(run -> plane.of(run).orElseThrow()).toList();
  }

  private static OptionalDouble adherence(List<RunResult> runs, String objective) {
    Column score = Column.score(objective);
    List<RunResult> known =
        runs.stream()
            .filter(run -> run.preference().containsKey(objective) && score.of(run).isPresent())
            .toList();
    return RankCorrelation.of(
        known.stream().mapToDouble(run -> run.preference().getOrDefault(objective, 0.0)).toArray(),
        known.stream().flatMapToDouble(run -> score.of(run).stream()).toArray());
  }

  private static double asked(MethodRow row, String objective) {
    return row.preference().getOrDefault(objective, 0.0);
  }
}
