package io.gapo.ops.display;

import io.gapo.core.rollout.ChatMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** A response beside the prompt that it answers, for a terminal. */
public final class SampleText {

  private static final int LABEL = 11;
  private static final int LEAST_WIDTH = 20;

  private SampleText() {}

  /**
   * Lines without control characters.
   *
   * @param history shown before the prompt; may be empty
   * @param width of a line, in columns
   */
  public static List<String> lines(
      String heading,
      Map<String, Double> scores,
      List<ChatMessage> history,
      String prompt,
      String response,
      int width) {
    List<String> lines = new ArrayList<>();
    lines.add(UntrustedText.escaped(heading));
    add(lines, "scores", scores(scores), width);
    history.forEach(message -> add(lines, message.role(), message.content(), width));
    add(lines, "prompt", prompt, width);
    add(lines, "response", response, width);
    return lines;
  }

  /** Each score with its objective, on one line. */
  public static String scores(Map<String, Double> scores) {
    return scores.isEmpty()
        ? "none"
        : scores.entrySet().stream()
            .map(score -> String.format(Locale.ROOT, "%s %+.3f", score.getKey(), score.getValue()))
            .collect(Collectors.joining("  "));
  }

  private static void add(List<String> lines, String label, String text, int width) {
    List<String> wrapped =
        text.isBlank()
            ? List.of("(empty)")
            : UntrustedText.wrapped(text, Math.max(LEAST_WIDTH, width - LABEL));
    for (int i = 0; i < wrapped.size(); i++) {
      lines.add(
          String.format(
              Locale.ROOT, "  %-" + (LABEL - 2) + "s%s", i == 0 ? label : "", wrapped.get(i)));
    }
  }
}
