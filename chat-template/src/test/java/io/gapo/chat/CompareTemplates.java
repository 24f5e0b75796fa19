package io.gapo.chat;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Holds any templates against what jinja2 made of them; {@code docs/checks} calls it. */
final class CompareTemplates {

  private CompareTemplates() {}

  /**
   * Prints a table; exits with 1 where a text differs.
   *
   * @param arguments the directory with {@code conversations.json}, that of the templates, and the
   *     file of what is expected
   */
  public static void main(String[] arguments) throws IOException {
    List<ExpectedRenderings.Case> cases =
        ExpectedRenderings.read(
            Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
    Map<String, Counts> templates = new LinkedHashMap<>();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (ExpectedRenderings.Case each : cases) {
      String difference = each.difference();
      templates.merge(each.template(), Counts.of(each, difference), Counts::plus);
      if (!difference.isEmpty()) {
        out.println(each + ": " + difference);
      }
    }
    out.println("| template | same text | refused by both | differ |");
    out.println("|---|---|---|---|");
    templates.forEach((name, counts) -> out.println(counts.row(name)));
    Counts all = templates.values().stream().reduce(Counts.NONE, Counts::plus);
    out.println(all.row("all " + templates.size()));
    if (all.differ() > 0 || cases.isEmpty()) {
      System.exit(1);
    }
  }

  private record Counts(int same, int refused, int differ) {

    static final Counts NONE = new Counts(0, 0, 0);

    static Counts of(ExpectedRenderings.Case each, String difference) {
      if (!difference.isEmpty()) {
        return new Counts(0, 0, 1);
      }
      return each.text() == null ? new Counts(0, 1, 0) : new Counts(1, 0, 0);
    }

    Counts plus(Counts other) {
      return new Counts(same + other.same, refused + other.refused, differ + other.differ);
    }

    String row(String name) {
      return "| %s | %s | %s | %s |".formatted(name, same, refused, differ);
    }
  }
}
