package io.gapo.lab.report;

import java.util.List;
import java.util.function.Function;
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
 * @param light such as #FFFFFF
 * @param dark such as #000000
 */
record ChartColor(String name, String light, String dark) {

  static final ChartColor SURFACE = new ChartColor("surface", "#FFFFFF", "#15181D");
  static final ChartColor TEXT = new ChartColor("text", "#1F2328", "#E6E8EB");
  static final ChartColor LINE = new ChartColor("line", "#D8DCE1", "#363C45");

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
      Stream.concat(Stream.of(SURFACE, TEXT, LINE), SERIES.stream()).toList();

  /**
   * A variable each, light or dark as the reader prefers, and a class for each series, whose text
   * color is the series'.
   */
  static String styleSheet() {
    return ":root{%s}@media(prefers-color-scheme:dark){:root{%s}}%s"
        .formatted(
            variables(ChartColor::light),
            variables(ChartColor::dark),
            SERIES.stream()
                .map(each -> ".%s{color:var(--%s)}".formatted(each.name, each.name))
                .collect(Collectors.joining()));
  }

  private static String variables(Function<ChartColor, String> scheme) {
    return ALL.stream()
        .map(each -> "--%s:%s;".formatted(each.name, scheme.apply(each)))
        .collect(Collectors.joining());
  }
}
