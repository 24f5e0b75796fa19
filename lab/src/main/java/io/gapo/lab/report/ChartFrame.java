package io.gapo.lab.report;

import java.awt.BasicStroke;
import java.awt.Font;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** What all charts look like. */
final class ChartFrame {

  private static final String HEADLESS = "java.awt.headless";
  private static final int WIDTH = 760;
  private static final int HEIGHT = 420;
  private static final int TEXT_SIZE = 13;
  private static final float LINE_WIDTH = 1.8f;
  private static final float[][] DASHES = {{}, {7, 4}, {2, 4}};

  /** One fewer than colors: a color that comes again has another marker. No plus: that is bars. */
  private static final List<Marker> MARKERS =
      List.of(
          SeriesMarkers.CIRCLE,
          SeriesMarkers.SQUARE,
          SeriesMarkers.DIAMOND,
          SeriesMarkers.TRIANGLE_UP,
          SeriesMarkers.CROSS,
          SeriesMarkers.TRIANGLE_DOWN,
          SeriesMarkers.OVAL,
          SeriesMarkers.TRAPEZOID,
          SeriesMarkers.RECTANGLE);

  static {
    // Charts need no screen; without this a DISPLAY that is gone would end a report of hours.
    if (System.getProperty(HEADLESS) == null) {
      System.setProperty(HEADLESS, "true");
    }
  }

  private ChartFrame() {}

  /** Without data. */
  static XYChart empty(String xTitle, String yTitle) {
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    Font plain = new Font(Font.SANS_SERIF, Font.PLAIN, TEXT_SIZE);
    XYStyler styler = chart.getStyler();
    styler
        .setAxisTitleFont(plain)
        .setAxisTickLabelsFont(plain.deriveFont(TEXT_SIZE - 1f))
        .setAxisTickLabelsColor(ChartColor.TEXT.paint())
        .setAxisTickMarksColor(ChartColor.GRID.paint())
        .setPlotGridLinesColor(ChartColor.GRID.paint())
        .setPlotGridLinesStroke(new BasicStroke(1))
        .setPlotTicksMarksVisible(false)
        .setXAxisTickMarkSpacingHint(80)
        .setYAxisTickMarkSpacingHint(50)
        .setYAxisDecimalPattern("0.####")
        .setLocale(Locale.ROOT);
    styler
        .setChartTitleVisible(false)
        .setChartFontColor(ChartColor.TEXT.paint())
        .setXAxisTitleColor(ChartColor.TEXT.paint())
        .setYAxisTitleColor(ChartColor.TEXT.paint())
        .setChartBackgroundColor(ChartColor.SURFACE.paint())
        .setPlotBackgroundColor(ChartColor.SURFACE.paint())
        .setPlotBorderVisible(false)
        .setLegendPosition(LegendPosition.OutsideE)
        .setLegendBackgroundColor(ChartColor.SURFACE.paint())
        .setLegendBorderColor(ChartColor.SURFACE.paint())
        .setLegendFont(plain)
        .setLegendSeriesLineLength(28)
        .setAnnotationTextFont(plain.deriveFont(TEXT_SIZE - 2f))
        .setAnnotationTextFontColor(ChartColor.TEXT.paint())
        .setMarkerSize(8);
    return chart;
  }

  /** The marker of a series, from 0. */
  static Marker marker(int style) {
    return MARKERS.get(style % MARKERS.size());
  }

  /** The line of a series, from 0: where colors begin anew, the dashes change. */
  static BasicStroke line(int style) {
    float[] dash = DASHES[style / ChartColor.SERIES.size() % DASHES.length];
    return dash.length == 0
        ? new BasicStroke(LINE_WIDTH, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
        : new BasicStroke(LINE_WIDTH, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
  }

  /** A series with the line and the marker of its style, in the legend. */
  static XYSeries add(XYChart chart, String name, int style, double[] x, double[] y) {
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(marker(style)).setMarkerColor(ChartColor.series(style).paint());
    series.setLineStyle(line(style)).setLineColor(ChartColor.series(style).paint());
    return series;
  }

  /** A line of its style without markers, not in the legend. */
  static XYSeries addLine(XYChart chart, String name, int style, double[] x, double[] y) {
    XYSeries series = add(chart, name, style, x, y);
    series.setMarker(SeriesMarkers.NONE).setShowInLegend(false);
    return series;
  }

  /** A thin line of its style's color, not in the legend. */
  static void addBar(XYChart chart, String name, int style, double[] x, double[] y) {
    addLine(chart, name, style, x, y).setLineStyle(new BasicStroke(1));
  }
}
