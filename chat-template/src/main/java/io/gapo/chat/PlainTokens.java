package io.gapo.chat;

import io.gapo.chat.RenderedChat.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Marks special tokens that a conversation contains before it is rendered, and finds the marks in
 * the rendered text, as transformers' {@code sanitize_control_tokens} does. The marks are
 * noncharacters of Unicode, which no text contains by itself; a conversation that has them loses
 * them.
 */
final class PlainTokens {

  private static final char BEGIN = '\ufdd0';
  private static final char END = '\ufdd1';
  private static final Pattern MARKS = Pattern.compile("[" + BEGIN + END + "]");

  private final @Nullable Pattern tokens;

  PlainTokens(Set<String> tokens) {
    this.tokens =
        tokens.isEmpty()
            ? null
            : Pattern.compile(
                tokens.stream()
                    // Longer ones first: one may be the beginning of another.
                    .sorted(Comparator.comparingInt(String::length).reversed())
                    .map(Pattern::quote)
                    .collect(Collectors.joining("|")));
  }

  /** A copy with every token in its texts between marks; keys of maps stay as they are. */
  @Nullable Object mark(@Nullable Object value) {
    if (tokens == null) {
      return value;
    }
    if (value instanceof String text) {
      return tokens.matcher(unmarked(text)).replaceAll(BEGIN + "$0" + END);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> marked = new ArrayList<>();
      list.forEach(item -> marked.add(mark(item)));
      return marked;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, @Nullable Object> marked = new LinkedHashMap<>();
      map.forEach((key, item) -> marked.put(key, mark(item)));
      return marked;
    }
    return value;
  }

  private static String unmarked(String text) {
    return MARKS.matcher(text).replaceAll("");
  }

  /** A rendered text in parts, without marks. */
  List<Part> parts(String rendered) {
    if (tokens == null) {
      return List.of(new Part(rendered, false));
    }
    List<Part> parts = new ArrayList<>();
    String any = tokens.pattern();
    // A template may have cut a token: one mark is enough to know it, and parts the text by itself.
    Matcher marked =
        Pattern.compile("%s(%s)%s?|(%s)%s|%s".formatted(BEGIN, any, END, any, END, MARKS))
            .matcher(rendered);
    int from = 0;
    while (marked.find()) {
      add(parts, rendered.substring(from, marked.start()), false);
      add(parts, unmarked(marked.group()), true);
      from = marked.end();
    }
    add(parts, rendered.substring(from), false);
    return parts;
  }

  private static void add(List<Part> parts, String text, boolean isPlain) {
    if (!text.isEmpty()) {
      parts.add(new Part(text, isPlain));
    }
  }
}
