package io.gapo.lab.report;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that a comparison found, as its report shows it and {@code results.json} holds it.
 *
 * @param command as it was typed
 * @param commit of the code that ran
 * @param startedAt as ISO 8601
 * @param seconds from start to end, over all resumptions
 * @param objectives higher is better; the first two span the frontier's plane
 * @param frontierPreferences that the frontiers are drawn for: the table may hold other runs of the
 *     same methods
 * @param settings HOCON text, without secrets
 * @param runs in the order in which the report shows their labels
 * @param remarks what a reader should know, a sentence or two each
 */
public record ComparisonResults(
    String title,
    String command,
    String commit,
    String startedAt,
    double seconds,
    List<String> objectives,
    List<Map<String, Double>> frontierPreferences,
    String settings,
    List<RunResult> runs,
    List<String> remarks) {

  public ComparisonResults {
    if (objectives.isEmpty()) {
      throw new IllegalArgumentException("a comparison needs at least one objective");
    }
    if (!(seconds >= 0)) {
      throw new IllegalArgumentException("seconds must be >= 0, was " + seconds);
    }
    objectives = List.copyOf(objectives);
    frontierPreferences = List.copyOf(frontierPreferences);
    runs = List.copyOf(runs);
    remarks = List.copyOf(remarks);
    rejectRepeats(runs);
  }

  private record RunName(String label, Map<String, Double> preference, long seed) {}

  private static void rejectRepeats(List<RunResult> runs) {
    Set<RunName> names = new HashSet<>();
    for (RunResult run : runs) {
      if (!names.add(new RunName(run.label(), run.preference(), run.seed()))) {
        throw new IllegalArgumentException(
            "two runs of '%s' with preference %s have seed %s"
                .formatted(run.label(), run.preference(), run.seed()));
      }
    }
  }
}
