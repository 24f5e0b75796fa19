package io.gapo.lab.report;

import java.util.List;

/**
 * A chart of the page.
 *
 * @param name that no other chart has
 * @param title in a few words
 * @param description what a reader who cannot see the chart is told
 * @param legend one key a series of the drawing, in its order
 * @param table the drawing's data
 */
record Chart(
    String name, String title, String description, List<Key> legend, Table table, Drawing drawing) {

  Chart {
    legend = List.copyOf(legend);
  }

  /**
   * What a series looks like.
   *
   * @param line whether its points are joined
   */
  record Key(String name, SeriesStyle style, boolean line) {}
}
