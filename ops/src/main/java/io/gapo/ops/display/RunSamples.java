package io.gapo.ops.display;

import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Shows some responses of the batches that are trained on, every so many policy versions. Called in
 * the process that has the batch, it reads no topic. Thread-safe.
 */
public final class RunSamples implements PipelineListener {

  private static final Logger LOG = LoggerFactory.getLogger(RunSamples.class);

  private final SampleSettings settings;
  private final Consumer<Shown> sink;
  private long newestShown;

  /**
   * A response to be shown.
   *
   * @param version that the batch is to make
   */
  private record Shown(long version, Rollout rollout, Map<String, Double> scores) {

    String heading() {
      return "%s, for v%s, sampled from v%s, %s tokens (%s)"
          .formatted(
              rollout.id(),
              version,
              rollout.oldestVersion().number(),
              rollout.responseTokens().length,
              rollout.finishReason().spelling());
    }
  }

  private RunSamples(SampleSettings settings, Consumer<Shown> sink) {
    this.settings = settings;
    this.sink = sink;
  }

  /** Writes each response into the log, as one line. */
  public static RunSamples logged(SampleSettings settings) {
    int length = settings.maxCharacters();
    return new RunSamples(
        settings,
        shown ->
            LOG.info(
                "Sample {}: {}; prompt: {} response: {}",
                UntrustedText.escaped(shown.heading()),
                SampleText.scores(shown.scores()),
                UntrustedText.escaped(UntrustedText.cut(shown.rollout().prompt(), length)),
                UntrustedText.escaped(UntrustedText.cut(shown.rollout().response(), length))));
  }

  /**
   * Hands each response to what prints it.
   *
   * @param width of a line, in columns
   */
  public static RunSamples printed(
      SampleSettings settings, int width, Consumer<List<String>> printer) {
    int length = settings.maxCharacters();
    return new RunSamples(
        settings,
        shown ->
            printer.accept(
                SampleText.lines(
                    shown.heading(),
                    shown.scores(),
                    List.of(),
                    UntrustedText.cut(shown.rollout().prompt(), length),
                    UntrustedText.cut(shown.rollout().response(), length),
                    width)));
  }

  @Override
  public void batchMeasured(
      PolicyVersion version, List<String> objectives, List<ScoredRollout> batch) {
    long next = version.number() + 1;
    if (settings.every() > 0 && next % settings.every() == 0 && isNew(next)) {
      for (ScoredRollout scored : chosen(batch)) {
        sink.accept(new Shown(next, scored.rollout(), named(objectives, scored.scores())));
      }
    }
  }

  /** A batch that is measured again, or another for the same version, is not shown again. */
  private synchronized boolean isNew(long version) {
    boolean isNew = version > newestShown;
    newestShown = Math.max(newestShown, version);
    return isNew;
  }

  /** The last ones of different prompts. */
  private List<ScoredRollout> chosen(List<ScoredRollout> batch) {
    Set<String> prompts = new HashSet<>();
    List<ScoredRollout> chosen = new ArrayList<>();
    for (int i = batch.size() - 1; i >= 0 && chosen.size() < settings.count(); i--) {
      if (prompts.add(batch.get(i).rollout().promptId())) {
        chosen.add(0, batch.get(i));
      }
    }
    return chosen;
  }

  private static Map<String, Double> named(List<String> objectives, double[] scores) {
    Map<String, Double> named = new LinkedHashMap<>();
    for (int i = 0; i < scores.length; i++) {
      named.put(objectives.get(i), scores[i]);
    }
    return named;
  }
}
