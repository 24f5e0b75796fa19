package io.gapo.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The runs that differ in their seed only.
 *
 * @param preference the asked λ by objective; empty if the method takes none
 * @param runs at least one
 */
record MethodRow(String label, Map<String, Double> preference, List<RunResult> runs) {

  MethodRow {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("'" + label + "' has no runs");
    }
    preference = Ordered.copyOf(preference);
    runs = List.copyOf(runs);
  }

  /** All runs of a comparison, a label's rows together, else in the order of first appearance. */
  static List<MethodRow> of(ComparisonResults results) {
    Map<String, Map<Map<String, Double>, List<RunResult>>> runs = new LinkedHashMap<>();
    for (RunResult run : results.runs()) {
      runs.computeIfAbsent(run.label(), label -> new LinkedHashMap<>())
          .computeIfAbsent(run.preference(), preference -> new ArrayList<>())
          .add(run);
    }
    List<MethodRow> rows = new ArrayList<>();
    runs.forEach(
        (label, byPreference) ->
            byPreference.forEach(
                (preference, same) -> rows.add(new MethodRow(label, preference, same))));
    return rows;
  }

  boolean hasPreference() {
    return !preference.isEmpty();
  }

  /** Label and preference. */
  String name() {
    return hasPreference() ? label + " " + preferenceText() : label;
  }

  /** Such as "λ 0.2", or "λ 0.2 / 0.3 / 0.5" for other than two objectives. */
  String preferenceText() {
    return "λ " + sharesText();
  }

  /** The preference without its λ. */
  String sharesText() {
    List<String> shares = preference.values().stream().map(Figures::plain).toList();
    return shares.size() == 2 ? shares.get(0) : String.join(" / ", shares);
  }

  /** The seeds in order, such as "1, 2, 3". */
  String seedsText() {
    return runs.stream()
        .map(RunResult::seed)
        .sorted()
        .map(String::valueOf)
        .collect(Collectors.joining(", "));
  }
}
