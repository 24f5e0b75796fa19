package io.gapo.lab.report;

/** A chart in the page, with its title and the file that it is saved as. */
final class ChartFigure {

  private ChartFigure() {}

  static Html of(Chart chart) {
    Html caption =
        Html.all(
                Html.text(chart.title()),
                Html.text(chart.name() + ".svg").in("a", "href", chart.name() + ".svg").in("small"))
            .in("figcaption");
    return Html.all(caption, Html.trusted(chart.svg())).in("figure");
  }
}
