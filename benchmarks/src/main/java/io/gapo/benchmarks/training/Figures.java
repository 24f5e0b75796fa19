package io.gapo.benchmarks.training;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A table as it stands in the README, and the same figures as one line of JSON. */
final class Figures {

  private final Map<String, Object> document = new LinkedHashMap<>();
  private final List<String> columns;
  private final List<List<Object>> rows = new ArrayList<>();

  Figures(String benchmark, String... columns) {
    this.columns = List.of(columns);
    document.put("benchmark", benchmark);
    document.put("date", LocalDate.now(ZoneOffset.UTC).toString());
    document.put("java", System.getProperty("java.version"));
  }

  /** Something that holds for the whole table. */
  void note(String name, Object value) {
    document.put(name, value);
  }

  void row(Object... cells) {
    rows.add(Arrays.asList(cells));
  }

  void print() {
    System.out.println();
    document.forEach((name, value) -> System.out.println(name + ": " + value));
    System.out.println();
    System.out.println("| " + String.join(" | ", columns) + " |");
    System.out.println("|---".repeat(columns.size()) + "|");
    for (List<Object> row : rows) {
      List<String> cells = row.stream().map(Figures::text).toList();
      System.out.println("| " + String.join(" | ", cells) + " |");
    }
    List<Map<String, Object>> records = new ArrayList<>();
    for (List<Object> row : rows) {
      Map<String, Object> entry = new LinkedHashMap<>();
      for (int i = 0; i < row.size(); i++) {
        entry.put(columns.get(i), row.get(i));
      }
      records.add(entry);
    }
    document.put("rows", records);
    try {
      System.out.println();
      System.out.println(new ObjectMapper().writeValueAsString(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("figures are plain values", e);
    }
  }

  private static String text(Object cell) {
    if (!(cell instanceof Double number)) {
      return String.valueOf(cell);
    }
    double size = Math.abs(number);
    String form = size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : size >= 0.1 ? "%.2f" : "%.4f";
    return String.format(Locale.ROOT, form, number);
  }

  /** The middle one; of an even number the lower of the two. */
  static double median(List<Double> values) {
    return values.stream().sorted().toList().get((values.size() - 1) / 2);
  }
}
