package io.gapo.chat.jinja;

import io.gapo.chat.python.Arguments;
import io.gapo.chat.python.Arithmetic;
import io.gapo.chat.python.Generator;
import io.gapo.chat.python.Python;
import io.gapo.chat.python.Tuple;
import io.gapo.chat.python.Undefined;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Filters of lists and dicts as wholes: order, ends, sums. */
final class ListFilters {

  private ListFilters() {}

  static Map<String, Filters.Filter> all() {
    Map<String, Filters.Filter> filters = new HashMap<>();
    filters.put("list", (python, value, arguments) -> copy(python, value));
    filters.put("items", ListFilters::items);
    filters.put("dictsort", ListFilters::sortedEntries);
    filters.put("join", ListFilters::join);
    filters.put("first", (python, value, arguments) -> end(python, value, true));
    filters.put("last", (python, value, arguments) -> end(python, value, false));
    filters.put("reverse", ListFilters::reverse);
    filters.put("sort", ListFilters::sort);
    filters.put("unique", ListFilters::unique);
    filters.put("min", (python, value, arguments) -> extreme(python, value, arguments, -1));
    filters.put("max", (python, value, arguments) -> extreme(python, value, arguments, 1));
    filters.put("sum", ListFilters::sum);
    filters.put("batch", ListFilters::batch);
    return filters;
  }

  private static List<Object> copy(Python python, Object value) {
    List<Object> items = python.iterate(value);
    python.budget().elements(items.size());
    return new ArrayList<>(items);
  }

  private static Object items(Python python, Object value, Arguments arguments) {
    if (value instanceof Undefined) {
      return new Generator(List.of());
    }
    if (value instanceof Map<?, ?> map) {
      return new Generator(python.entries(map));
    }
    throw python.fault("items needs a dict, not a value of type " + python.typeName(value));
  }

  private static Object sortedEntries(Python python, Object value, Arguments arguments) {
    Options options = new Options(python, "dictsort", arguments, "case_sensitive", "by", "reverse");
    if (!(value instanceof Map<?, ?> map)) {
      throw python.fault("dictsort needs a dict, not a value of type " + python.typeName(value));
    }
    String by = python.text(options.get("by", "key"));
    int place = by.equals("key") ? 0 : 1;
    if (place == 1 && !by.equals("value")) {
      throw python.fault("dictsort sorts by 'key' or 'value', not by '%s'".formatted(by));
    }
    UnaryOperator<Object> key = withCase(options, entry -> ((Tuple) entry).items().get(place));
    return sorted(python, python.entries(map), key, options.flag("reverse"));
  }

  private static UnaryOperator<Object> withCase(Options options, UnaryOperator<Object> key) {
    return options.flag("case_sensitive")
        ? key
        : value ->
            key.apply(value) instanceof String text
                ? text.toLowerCase(Locale.ROOT)
                : key.apply(value);
  }

  private static List<Object> sorted(
      Python python, List<Object> items, UnaryOperator<Object> key, boolean reversed) {
    record Keyed(Object key, Object item) {}
    python.budget().elements(2L * items.size());
    List<Keyed> keyed = new ArrayList<>();
    items.forEach(item -> keyed.add(new Keyed(key.apply(item), item)));
    Comparator<Keyed> order = (a, b) -> python.compare(a.key(), b.key());
    keyed.sort(reversed ? order.reversed() : order);
    return new ArrayList<>(keyed.stream().map(Keyed::item).toList());
  }

  private static Object join(Python python, Object value, Arguments arguments) {
    Options options = new Options(python, "join", arguments, "d", "attribute");
    String separator = python.text(options.get("d", ""));
    UnaryOperator<Object> key = Attributes.getter(python, options.get("attribute"));
    StringBuilder joined = new StringBuilder();
    boolean first = true;
    for (Object item : python.iterate(value)) {
      String text = python.text(key.apply(item));
      python.budget().characters((long) text.length() + separator.length());
      joined.append(first ? "" : separator).append(text);
      first = false;
    }
    return joined.toString();
  }

  private static Object end(Python python, Object value, boolean first) {
    List<Object> items = python.iterate(value);
    return items.isEmpty()
        ? new Undefined("an empty list has neither a first nor a last item")
        : items.get(first ? 0 : items.size() - 1);
  }

  private static Object reverse(Python python, Object value, Arguments arguments) {
    if (value instanceof String text) {
      python.budget().characters(text.length());
      return new StringBuilder(text).reverse().toString();
    }
    List<Object> items = copy(python, value);
    Collections.reverse(items);
    return new Generator(items);
  }

  private static Object sort(Python python, Object value, Arguments arguments) {
    Options options =
        new Options(python, "sort", arguments, "reverse", "case_sensitive", "attribute");
    UnaryOperator<Object> key =
        withCase(options, Attributes.getter(python, options.get("attribute")));
    return sorted(python, python.iterate(value), key, options.flag("reverse"));
  }

  private static Object unique(Python python, Object value, Arguments arguments) {
    Options options = new Options(python, "unique", arguments, "case_sensitive", "attribute");
    UnaryOperator<Object> key =
        withCase(options, Attributes.getter(python, options.get("attribute")));
    List<Object> seen = new ArrayList<>();
    List<Object> unique = new ArrayList<>();
    for (Object item : python.iterate(value)) {
      Object its = key.apply(item);
      if (seen.stream().noneMatch(other -> python.equal(its, other))) {
        python.budget().elements(2);
        seen.add(its);
        unique.add(item);
      }
    }
    return new Generator(unique);
  }

  private static Object extreme(Python python, Object value, Arguments arguments, int sign) {
    Options options =
        new Options(python, sign < 0 ? "min" : "max", arguments, "case_sensitive", "attribute");
    UnaryOperator<Object> key =
        withCase(options, Attributes.getter(python, options.get("attribute")));
    Object best = new Undefined("an empty list has neither a least nor a largest item");
    for (Object item : python.iterate(value)) {
      if (best instanceof Undefined
          || python.compare(key.apply(item), key.apply(best)) * sign > 0) {
        best = item;
      }
    }
    return best;
  }

  private static Object sum(Python python, Object value, Arguments arguments) {
    Options options = new Options(python, "sum", arguments, "attribute", "start");
    UnaryOperator<Object> key = Attributes.getter(python, options.get("attribute"));
    Object sum = options.get("start", 0L);
    for (Object item : python.iterate(value)) {
      sum = Arithmetic.apply(python, "+", sum, key.apply(item));
    }
    return sum;
  }

  private static Object batch(Python python, Object value, Arguments arguments) {
    Options options = new Options(python, "batch", arguments, "linecount", "fill_with");
    long size = options.whole("linecount", 0);
    if (size < 1) {
      throw python.fault("batch needs how many items to put together, at least 1");
    }
    List<Object> items = python.iterate(value);
    python.budget().elements(2L * items.size());
    List<Object> batches = new ArrayList<>();
    for (int from = 0; from < items.size(); from = (int) Math.min(from + size, items.size())) {
      int to = (int) Math.min(from + size, items.size());
      List<Object> batch = new ArrayList<>(items.subList(from, to));
      Object filling = options.get("fill_with");
      if (filling != null) {
        python.budget().elements(size - batch.size());
        while (batch.size() < size) {
          batch.add(filling);
        }
      }
      batches.add(batch);
    }
    return new Generator(batches);
  }
}
