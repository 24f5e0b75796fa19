package io.gapo.lab.display;

import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.ops.display.LiveLine;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Shows a run while it lasts: a row for each step and, on a terminal, a last line of what happens
 * now. Thread-safe.
 *
 * <p>Not on a terminal, each step is a line that names its figures, without control characters.
 */
public final class ProgressDisplay implements PipelineListener, AutoCloseable {

  private static final int ROWS_PER_HEADING = 20;

  private final PrintWriter out;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private final LiveLine live;
  private final List<Column> columns;
  private final long startedAt;

  private int rows;
  private int outstanding;
  private int quota;
  private long quarantined;
  private long tokens;
  private final SamplingRate rate;

  private record Column(String title, int width, Function<StepFigures, String> text) {}

  /**
   * @param objectives in the run's order
   * @param withRatio those of which the share of rollouts scored at or above 0 is shown
   * @param nanoTime {@link System#nanoTime} outside of tests
   */
  public ProgressDisplay(
      List<String> objectives,
      Set<String> withRatio,
      PrintWriter out,
      boolean terminal,
      LongSupplier nanoTime) {
    this.out = out;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.live = new LiveLine(out, terminal, nanoTime);
    this.columns = columns(objectives, withRatio);
    this.startedAt = nanoTime.getAsLong();
    this.rate = new SamplingRate(startedAt);
  }

  private static List<Column> columns(List<String> objectives, Set<String> withRatio) {
    List<Column> columns = new ArrayList<>();
    columns.add(column("step", 5, step -> Long.toString(step.step())));
    for (String name : objectives) {
      columns.add(column(name, 8, step -> number("%+.3f", of(step, name).meanScore())));
    }
    for (String name : objectives) {
      if (withRatio.contains(name)) {
        columns.add(
            column(
                name + " ≥ 0",
                7,
                step -> number("%.0f %%", 100 * of(step, name).nonNegativeShare())));
      }
    }
    columns.add(column("KL", 8, step -> number("%.4f", step.policy().kl())));
    for (String name : objectives) {
      columns.add(column("α " + name, 6, step -> number("%.3f", of(step, name).alpha())));
    }
    if (objectives.size() > 1) {
      columns.add(
          column(
              objectives.size() == 2 ? "cos" : "min cos",
              7,
              step -> number("%+.3f", lowestCosine(step))));
    }
    columns.add(column("stale", 6, step -> number("%.2f", step.staleness().mean())));
    columns.add(column("tok/s", 7, step -> number("%.0f", step.pace().tokensPerSecond())));
    columns.add(column("s/step", 7, step -> number("%.1f", step.pace().seconds())));
    return List.copyOf(columns);
  }

  private static Column column(String title, int width, Function<StepFigures, String> text) {
    return new Column(title, Math.max(width, title.length() + 1), text);
  }

  private static StepFigures.ObjectiveFigures of(StepFigures step, String objective) {
    StepFigures.ObjectiveFigures figures = step.objectives().get(objective);
    if (figures == null) {
      throw new IllegalArgumentException(
          "step %s has no objective '%s'".formatted(step.step(), objective));
    }
    return figures;
  }

  private static double lowestCosine(StepFigures step) {
    return step.pairs().stream().mapToDouble(StepFigures.PairFigures::cosine).min().orElse(0);
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  /** Shows a step. */
  public synchronized void step(StepFigures step) {
    live.clear();
    String note = note(step);
    if (terminal) {
      if (rows % ROWS_PER_HEADING == 0) {
        out.println(row(Column::title));
      }
      out.println(row(column -> column.text().apply(step)) + note);
    } else {
      out.println(sentence(step) + note);
    }
    rows++;
    out.flush();
    showLive();
  }

  /** Prints lines between the steps. */
  public synchronized void print(List<String> lines) {
    live.clear();
    lines.forEach(out::println);
    out.flush();
    showLive();
  }

  private static String note(StepFigures step) {
    if (step.choice().klWeight() > 0) {
      return "  pulled back: KL past its bound";
    }
    String leftOut =
        step.objectives().entrySet().stream()
            .filter(objective -> objective.getValue().leftOut())
            .map(Map.Entry::getKey)
            .collect(Collectors.joining(", "));
    return leftOut.isEmpty() ? "" : "  left out, without a gradient: " + leftOut;
  }

  private String row(Function<Column, String> text) {
    StringBuilder row = new StringBuilder();
    columns.forEach(
        column ->
            row.append(
                String.format(Locale.ROOT, " %" + (column.width() - 1) + "s", text.apply(column))));
    return row.toString();
  }

  private String sentence(StepFigures step) {
    StringBuilder sentence = new StringBuilder();
    for (Column column : columns) {
      sentence.append(sentence.isEmpty() ? "" : ", ");
      sentence.append(column.title()).append(' ').append(column.text().apply(step));
    }
    return sentence.toString();
  }

  @Override
  public synchronized void tokensSampled(int count) {
    tokens += count;
    showLive();
  }

  @Override
  public synchronized void outstandingRollouts(int rollouts, int limit) {
    outstanding = rollouts;
    quota = limit;
    showLive();
  }

  @Override
  public synchronized void quarantined(Stage stage, String topic) {
    quarantined++;
    showLive();
  }

  @Override
  public synchronized void stepRefused(String reason) {
    live.clear();
    out.println("step refused: " + reason);
    out.flush();
  }

  /** Leaves nothing of the last line behind. */
  @Override
  public synchronized void close() {
    live.clear();
    out.flush();
  }

  private void showLive() {
    live.show(
        () -> {
          long now = nanoTime.getAsLong();
          Duration elapsed = Duration.ofNanos(now - startedAt);
          return String.format(
              Locale.ROOT,
              "%d:%02d:%02d  %d of %d rollouts outstanding, sampling %,.0f tokens/s%s",
              elapsed.toHours(),
              elapsed.toMinutesPart(),
              elapsed.toSecondsPart(),
              outstanding,
              quota,
              rate.at(now, tokens),
              quarantined == 0 ? "" : ", %s records in quarantine".formatted(quarantined));
        });
  }
}
