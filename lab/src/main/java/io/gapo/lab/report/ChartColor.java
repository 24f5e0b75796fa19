package io.gapo.lab.report;

import java.awt.Color;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A color of the charts, in light and in dark.
 *
 * <p>The series' colors were searched for the largest smallest distance in Oklab, seen with normal
 * vision and with each of three color blindnesses (Machado et al. 2009), under a contrast of at
 * least 3 to the surface (WCAG 2.2, 1.4.11). Markers and dashes tell series apart as well.
 *
 * @param name what the style sheet calls it
 * @param light such as #FFFFFF; no two colors are equal here
 * @param dark such as #000000
 */
record ChartColor(String name, String light, String dark) {

  static final ChartColor SURFACE = new ChartColor("surface", "#FFFFFF", "#15181D");
  static final ChartColor TEXT = new ChartColor("text", "#1F2328", "#E6E8EB");
  static final ChartColor GRID = new ChartColor("grid", "#D8DCE1", "#363C45");

  /** Beside each other, the first are the easiest to tell apart. */
  static final List<ChartColor> SERIES =
      List.of(
          new ChartColor("series-0", "#0800EE", "#12B9A3"),
          new ChartColor("series-1", "#B61557", "#9C526C"),
          new ChartColor("series-2", "#FF5212", "#CFAA0C"),
          new ChartColor("series-3", "#5300A5", "#9A62FF"),
          new ChartColor("series-4", "#75005E", "#DA05BE"),
          new ChartColor("series-5", "#199BC4", "#9ED89B"),
          new ChartColor("series-6", "#9661FF", "#AA9CF4"),
          new ChartColor("series-7", "#075B00", "#00FF1D"),
          new ChartColor("series-8", "#C26D7F", "#BE7735"),
          new ChartColor("series-9", "#715898", "#FFB9FD"));

  private static final List<ChartColor> ALL =
      Stream.concat(Stream.of(SURFACE, TEXT, GRID), SERIES.stream()).toList();

  /** Of a series, from 0; after the tenth they begin anew. */
  static ChartColor series(int index) {
    return SERIES.get(index % SERIES.size());
  }

  /** Whose light form this is. */
  static Optional<ChartColor> of(Color painted) {
    return ALL.stream().filter(each -> each.paint().equals(painted)).findFirst();
  }

  /** What a chart is painted with, before it knows where it is seen. */
  Color paint() {
    return Color.decode(light);
  }

  /** Class of an element that is filled with this color. */
  String fillClass() {
    return "fill-" + name;
  }

  /** Class of an element that is drawn in this color. */
  String strokeClass() {
    return "stroke-" + name;
  }

  /** The style sheet that turns the charts dark where the reader prefers it. */
  static String styleSheet() {
    return ALL.stream()
        .map(
            each ->
                ".%s{fill:%s}.%s{stroke:%s}"
                    .formatted(each.fillClass(), each.dark, each.strokeClass(), each.dark))
        .collect(Collectors.joining("", "@media (prefers-color-scheme:dark){", "}"));
  }
}
