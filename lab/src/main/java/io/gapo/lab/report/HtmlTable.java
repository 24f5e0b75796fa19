package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A table with a caption and header cells, which scrolls by itself where the page is narrow. */
final class HtmlTable {

  private final String caption;
  private final List<Html> head = new ArrayList<>();
  private final List<Html> rows = new ArrayList<>();

  HtmlTable(String caption, List<String> header) {
    this.caption = caption;
    header.forEach(name -> head.add(Html.text(name).in("th", "scope", "col")));
  }

  /** The first cell is the row's header. */
  void addRow(String name, List<Html> cells) {
    rows.add(Html.all(Html.text(name).in("th", "scope", "row"), Html.all(cells)).in("tr"));
  }

  Html html() {
    Html table =
        Html.all(
                Html.text(caption).in("caption"),
                Html.all(head).in("tr").in("thead"),
                Html.all(rows).in("tbody"))
            .in("table");
    // Keyboards reach what scrolls.
    return Html.trusted(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"%s\">%s</div>"
            .formatted(Html.text(caption).markup(), table.markup()));
  }

  static Html cell(String text) {
    return Html.text(text).in("td");
  }

  /** A mean and its standard error. */
  static Html cell(Optional<SeedEstimate> estimate, Column.Unit unit, boolean best) {
    if (estimate.isEmpty()) {
      return cell(Figures.UNKNOWN);
    }
    Html mean = Html.text(Figures.mean(estimate.get().mean(), unit));
    Html error =
        Html.text(
                " ± "
                    + (estimate.get().standardError().isPresent()
                        ? Figures.error(estimate.get().standardError().getAsDouble(), unit)
                        : Figures.UNKNOWN))
            .in("small");
    if (!best) {
      return Html.trusted(mean.markup() + error.markup()).in("td");
    }
    Html marked = Html.trusted(mean.in("strong").markup() + error.markup());
    return Html.trusted(
            "<span class=\"mark\" role=\"img\" aria-label=\"best\">★</span>" + marked.markup())
        .in("td", "class", "best");
  }
}
