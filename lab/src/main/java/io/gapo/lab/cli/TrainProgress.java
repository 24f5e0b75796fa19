package io.gapo.lab.cli;

import io.gapo.lab.examples.ExampleFile;
import io.gapo.lab.training.ExampleProblem;
import io.gapo.lab.training.HeldOutReport;
import io.gapo.lab.training.TrainingProgress;
import io.gapo.ops.display.LiveLine;
import io.gapo.ops.feed.SkippedRows;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/** Shows how a training goes, and keeps count of the rows. Not thread-safe. */
final class TrainProgress implements TrainingProgress, ExampleFile.Listener {

  /** Where nothing is redrawn, a line every so many steps. */
  private static final int STEPS_A_LINE = 50;

  private final PrintWriter out;
  private final LiveLine live;
  private final boolean terminal;
  private final LongSupplier nanoTime;
  private final SkippedRows skipped;
  private final int batch;
  private final Map<ExampleProblem, Long> problems = new EnumMap<>(ExampleProblem.class);
  private long rows;
  private long training;
  private long heldOut;
  private long setAside;
  private long startedAt;
  private long startedBehind;

  /**
   * @param live draws on {@code out}
   * @param terminal whether {@code out} is redrawn
   * @param skipped is told of every row that is skipped
   * @param batch examples a step
   */
  TrainProgress(
      PrintWriter out,
      LiveLine live,
      boolean terminal,
      LongSupplier nanoTime,
      SkippedRows skipped,
      int batch) {
    this.out = out;
    this.live = live;
    this.terminal = terminal;
    this.nanoTime = nanoTime;
    this.skipped = skipped;
    this.batch = batch;
    this.startedAt = nanoTime.getAsLong();
  }

  @Override
  public void row() {
    rows++;
    live.show(() -> String.format(Locale.ROOT, "%,d rows read", rows));
  }

  @Override
  public void skipped(long row, ExampleProblem problem, String detail) {
    problems.merge(problem, 1L, Long::sum);
    skipped.add(row, problem, detail);
  }

  @Override
  public void setAside(long row) {
    setAside++;
  }

  @Override
  public void read(long trainingExamples, long heldOutExamples) {
    training = trainingExamples;
    heldOut = heldOutExamples;
    startedAt = nanoTime.getAsLong();
    live.clear();
    out.println(
        "%s rows: %s examples to train on, %s held out to measure on"
            .formatted(rows, training, heldOut));
    if (setAside > 0) {
      out.println("%s more are held out, and not measured on".formatted(setAside));
    }
    problems.forEach((problem, count) -> out.println(skipped.summary(problem, count)));
    out.flush();
  }

  @Override
  public void resumed(long step) {
    startedBehind = step;
    out.println("Continues after step %s, which an earlier process made".formatted(step));
    out.flush();
  }

  @Override
  public void stepped(long step, long steps, double loss) {
    live.show(() -> line(step, steps, loss));
    if (!terminal && (step % STEPS_A_LINE == 0 || step == steps)) {
      out.println(line(step, steps, loss));
      out.flush();
    }
  }

  private String line(long step, long steps, double loss) {
    double seconds = (nanoTime.getAsLong() - startedAt) / 1e9;
    long made = step - startedBehind;
    Duration left = Duration.ofSeconds(Math.round(seconds / made * (steps - step)));
    return String.format(
        Locale.ROOT,
        "step %d of %d, loss %.3f, %.1f examples/s, %d:%02d:%02d left",
        step,
        steps,
        loss,
        made * batch / Math.max(seconds, 1e-9),
        left.toHours(),
        left.toMinutesPart(),
        left.toSecondsPart());
  }

  @Override
  public void measured(long step, HeldOutReport report) {
    live.clear();
    out.println("step %s: %s".formatted(step, report.text()));
    out.flush();
  }

  /** The training is done. */
  void end(HeldOutReport report) {
    live.clear();
    out.println("in the end: " + report.text());
    out.flush();
  }

  TrainCounts counts() {
    return new TrainCounts(rows, training, heldOut, setAside, problems);
  }
}
