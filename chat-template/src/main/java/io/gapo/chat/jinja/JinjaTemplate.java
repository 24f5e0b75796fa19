package io.gapo.chat.jinja;

import io.gapo.chat.python.Budget;
import io.gapo.chat.python.Python;
import io.gapo.chat.python.TemplateFault;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A template that has been read. It renders as jinja2's {@code ImmutableSandboxedEnvironment} does
 * with {@code trim_blocks}, {@code lstrip_blocks} and loop controls: the way of transformers.
 * Thread-safe.
 */
public final class JinjaTemplate {

  /** Characters of a template; those in use have up to twenty thousand. */
  private static final int MAX_SOURCE = 1 << 20;

  private final List<Statement> statements;

  private JinjaTemplate(List<Statement> statements) {
    this.statements = statements;
  }

  /**
   * Reads a template.
   *
   * @throws TemplateFault if it is not a template, or uses what is not known here
   */
  public static JinjaTemplate parse(String source) {
    if (source.length() > MAX_SOURCE) {
      throw new TemplateFault(
          1,
          "it has %s characters, and %s are allowed: shorten it"
              .formatted(source.length(), MAX_SOURCE));
    }
    return new JinjaTemplate(TemplateParser.parse(source));
  }

  /**
   * Renders within the bounds of {@link Budget}.
   *
   * @param variables as JSON has them: null, texts, numbers, truth values, lists and maps
   * @throws TemplateFault if a value is used that does not exist, the template refuses the
   *     conversation, or a bound is reached
   */
  public String render(Map<String, ?> variables, Clock clock) {
    Python python = new Python(new Budget());
    Map<String, Object> all = new HashMap<>(Globals.all(clock));
    variables.forEach((name, value) -> all.put(name, PlainValues.of(python, value)));
    Frame frame = Frame.root(python, all);
    frame.run(statements);
    return frame.written();
  }
}
