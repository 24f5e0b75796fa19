package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChartColorTest {

  /** Rows of normal vision, then Machado et al. 2009, severity 1, in linear RGB. */
  private static final double[][][] VISIONS = {
    {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
    {
      {0.152286, 1.052583, -0.204868},
      {0.114503, 0.786281, 0.099216},
      {-0.003882, -0.048116, 1.051998}
    },
    {
      {0.367322, 0.860646, -0.227968},
      {0.280085, 0.672501, 0.047413},
      {-0.011820, 0.042940, 0.968881}
    },
    {
      {1.255528, -0.076749, -0.178779},
      {-0.078411, 0.930809, 0.147602},
      {0.004733, 0.691367, 0.303900}
    }
  };

  /** Linear RGB to cone responses, and their cube roots to Oklab (Ottosson 2020). */
  private static final double[][] CONES = {
    {0.4122214708, 0.5363325363, 0.0514459929},
    {0.2119034982, 0.6806995451, 0.1073969566},
    {0.0883024619, 0.2817188376, 0.6299787005}
  };

  private static final double[][] OKLAB = {
    {0.2104542553, 0.7936177850, -0.0040720468},
    {1.9779984951, -2.4285922050, 0.4505937099},
    {0.0259040371, 0.7827717662, -0.8086757660}
  };

  @Test
  void seriesStandOutFromTheSurfaceInBothSchemes() {
    for (ChartColor color : ChartColor.SERIES) {
      assertThat(contrast(color.light(), ChartColor.SURFACE.light())).isGreaterThan(3);
      assertThat(contrast(color.dark(), ChartColor.SURFACE.dark())).isGreaterThan(3);
    }
    assertThat(contrast(ChartColor.TEXT.light(), ChartColor.SURFACE.light())).isGreaterThan(7);
    assertThat(contrast(ChartColor.TEXT.dark(), ChartColor.SURFACE.dark())).isGreaterThan(7);
  }

  @Test
  void tenSeriesDifferForEveryKindOfColorVision() {
    for (double[][] vision : VISIONS) {
      assertThat(smallestDistance(ChartColor::light, vision)).isGreaterThan(0.1);
      assertThat(smallestDistance(ChartColor::dark, vision)).isGreaterThan(0.1);
    }
  }

  @Test
  void twentySeriesDifferInColorMarkerOrLine() {
    List<String> looks =
        IntStream.range(0, 20)
            .mapToObj(SeriesStyle::new)
            .map(style -> style.colorClass() + style.marker() + style.dash())
            .toList();

    assertThat(looks).doesNotHaveDuplicates();
    assertThat(new SeriesStyle(10).marker()).isNotEqualTo(new SeriesStyle(0).marker());
    assertThat(new SeriesStyle(13).colorClass()).isEqualTo("series-3");
  }

  @Test
  void styleSheetHasEveryColorInBothSchemes() {
    assertThat(ChartColor.styleSheet())
        .startsWith(":root{--surface:#FFFFFF;")
        .contains("@media(prefers-color-scheme:dark){:root{--surface:#15181D;")
        .contains(".series-9{color:var(--series-9)}");
  }

  private static double smallestDistance(Function<ChartColor, String> scheme, double[][] vision) {
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < ChartColor.SERIES.size(); i++) {
      double[] one = seen(scheme.apply(ChartColor.SERIES.get(i)), vision);
      for (int j = 0; j < i; j++) {
        double[] other = seen(scheme.apply(ChartColor.SERIES.get(j)), vision);
        double squares = 0;
        for (int k = 0; k < one.length; k++) {
          squares += (one[k] - other[k]) * (one[k] - other[k]);
        }
        smallest = Math.min(smallest, Math.sqrt(squares));
      }
    }
    return smallest;
  }

  private static double[] seen(String hex, double[][] vision) {
    double[] clipped =
        Arrays.stream(times(vision, linear(hex))).map(c -> Math.max(0, Math.min(1, c))).toArray();
    return times(OKLAB, Arrays.stream(times(CONES, clipped)).map(Math::cbrt).toArray());
  }

  private static double contrast(String one, String other) {
    double a = luminance(one);
    double b = luminance(other);
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }

  private static double luminance(String hex) {
    double[] rgb = linear(hex);
    return 0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2];
  }

  private static double[] linear(String hex) {
    int rgb = Integer.decode(hex);
    return IntStream.of(rgb >> 16, rgb >> 8 & 0xff, rgb & 0xff)
        .mapToDouble(c -> c / 255.0)
        .map(c -> c <= 0.04045 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4))
        .toArray();
  }

  private static double[] times(double[][] matrix, double[] vector) {
    return Arrays.stream(matrix)
        .mapToDouble(
            row -> {
              double sum = 0;
              for (int i = 0; i < row.length; i++) {
                sum += row[i] * vector[i];
              }
              return sum;
            })
        .toArray();
  }
}
