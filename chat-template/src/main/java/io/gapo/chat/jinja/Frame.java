package io.gapo.chat.jinja;

import io.gapo.chat.python.Python;
import io.gapo.chat.python.TemplateFault;
import io.gapo.chat.python.Undefined;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The variables that a part of a template sees, and the text that it writes to. */
final class Frame {

  private final Python python;
  private final @Nullable Frame outer;
  private final StringBuilder out;
  private final Map<String, Object> variables;

  private Frame(
      Python python, @Nullable Frame outer, StringBuilder out, Map<String, Object> variables) {
    this.python = python;
    this.outer = outer;
    this.out = out;
    this.variables = variables;
  }

  static Frame root(Python python, Map<String, Object> variables) {
    return new Frame(python, null, new StringBuilder(), new HashMap<>(variables));
  }

  /** Sees this frame's variables and writes to the same text; what it sets is its own. */
  Frame inner() {
    return new Frame(python, this, out, new HashMap<>());
  }

  /** A nested frame with a text of its own. */
  Frame capturing() {
    return new Frame(python, this, new StringBuilder(), new HashMap<>());
  }

  Python python() {
    return python;
  }

  TemplateFault fault(String message) {
    return python.fault(message);
  }

  Object value(Expression expression) {
    python.budget().enter(expression.line());
    Object value = expression.evaluate(this);
    python.budget().leave();
    return value;
  }

  Statement.Flow run(List<Statement> statements) {
    for (Statement statement : statements) {
      python.budget().enter(statement.line());
      Statement.Flow flow = statement.execute(this);
      python.budget().leave();
      if (flow != Statement.Flow.NEXT) {
        return flow;
      }
    }
    return Statement.Flow.NEXT;
  }

  Object lookUp(String name) {
    for (Frame frame = this; frame != null; frame = frame.outer) {
      Object value = frame.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return new Undefined("'%s' is undefined".formatted(name));
  }

  void set(String name, Object value) {
    variables.put(name, value);
  }

  void write(String text) {
    python.budget().characters(text.length());
    out.append(text);
  }

  String written() {
    return out.toString();
  }
}
