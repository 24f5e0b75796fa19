package io.gapo.chat.jinja;

import io.gapo.chat.python.Python;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes times as C's {@code strftime} does, in English. */
final class TimeFormat {

  /** A directive's letter to Java's pattern. */
  private static final Map<Character, String> PATTERNS =
      Map.ofEntries(
          Map.entry('Y', "uuuu"),
          Map.entry('y', "uu"),
          Map.entry('m', "MM"),
          Map.entry('B', "MMMM"),
          Map.entry('b', "MMM"),
          Map.entry('d', "dd"),
          Map.entry('e', "ppd"),
          Map.entry('j', "DDD"),
          Map.entry('A', "EEEE"),
          Map.entry('a', "EEE"),
          Map.entry('H', "HH"),
          Map.entry('I', "hh"),
          Map.entry('M', "mm"),
          Map.entry('S', "ss"),
          Map.entry('p', "a"),
          Map.entry('F', "uuuu-MM-dd"),
          Map.entry('T', "HH:mm:ss"));

  private TimeFormat() {}

  static String write(Python python, LocalDateTime time, @Nullable String format) {
    if (format == null) {
      throw python.fault("strftime_now needs a format, such as '%d %b %Y'");
    }
    python.budget().characters(32L * format.length());
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char each = format.charAt(i);
      if (each != '%' || i + 1 == format.length()) {
        text.append(each);
      } else if (format.charAt(++i) == '%') {
        text.append('%');
      } else {
        boolean unpadded = format.charAt(i) == '-' && i + 1 < format.length();
        i += unpadded ? 1 : 0;
        String pattern = PATTERNS.get(format.charAt(i));
        if (pattern == null) {
          throw python.fault(
              "strftime_now does not know '%%%s': use one of %s"
                  .formatted(format.charAt(i), PATTERNS.keySet().stream().sorted().toList()));
        }
        String written = DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
        text.append(unpadded ? written.replaceFirst("^0+(?=.)", "") : written);
      }
    }
    return text.toString();
  }
}
