package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * Every method's figures over its seeds, as the paper's table has them.
 *
 * @param rows each with one cell a column
 */
record ResultTable(List<Column> columns, List<Row> rows) {

  /**
   * One method with one preference.
   *
   * @param cells one a column
   */
  record Row(MethodRow method, List<Cell> cells) {}

  /**
   * One figure.
   *
   * @param estimate empty if no seed has it
   * @param best whether no other row's mean is better
   */
  record Cell(Optional<SeedEstimate> estimate, boolean best) {}

  static ResultTable of(ComparisonResults results) {
    List<Column> columns = Column.of(results);
    List<MethodRow> methods = MethodRow.of(results);
    List<OptionalDouble> best = columns.stream().map(column -> best(column, methods)).toList();
    List<Row> rows = new ArrayList<>();
    for (MethodRow method : methods) {
      List<Cell> cells = new ArrayList<>();
      for (int i = 0; i < columns.size(); i++) {
        Optional<SeedEstimate> estimate = columns.get(i).of(method);
        cells.add(new Cell(estimate, isBest(estimate, best.get(i))));
      }
      rows.add(new Row(method, List.copyOf(cells)));
    }
    return new ResultTable(columns, List.copyOf(rows));
  }

  /** Empty if nothing tells better from worse, or all are equal. */
  private static OptionalDouble best(Column column, List<MethodRow> methods) {
    double[] means =
        methods.stream()
            .flatMap(method -> column.of(method).stream())
            .mapToDouble(SeedEstimate::mean)
            .toArray();
    if (DoubleStream.of(means).distinct().count() < 2) {
      return OptionalDouble.empty();
    }
    return switch (column.better()) {
      case HIGHER -> DoubleStream.of(means).max();
      case LOWER_ABOVE_ZERO -> DoubleStream.of(means).filter(mean -> mean > 0).min();
      case UNDECIDED -> OptionalDouble.empty();
    };
  }

  private static boolean isBest(Optional<SeedEstimate> estimate, OptionalDouble best) {
    return estimate.isPresent() && best.isPresent() && estimate.get().mean() == best.getAsDouble();
  }
}
