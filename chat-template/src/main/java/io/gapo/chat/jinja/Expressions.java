package io.gapo.chat.jinja;

import io.gapo.chat.python.Access;
import io.gapo.chat.python.Arguments;
import io.gapo.chat.python.Invocable;
import io.gapo.chat.python.None;
import io.gapo.chat.python.Python;
import io.gapo.chat.python.Tuple;
import io.gapo.chat.python.Undefined;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Literals, names, and what is read of or done with one value. */
final class Expressions {

  private Expressions() {}

  record Constant(int line, Object value) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return value;
    }
  }

  record Name(int line, String name) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return frame.lookUp(name);
    }
  }

  record ListLiteral(int line, List<Expression> items, boolean isTuple) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      List<Object> values = valuesOf(frame, items);
      return isTuple ? new Tuple(values) : values;
    }
  }

  record DictLiteral(int line, List<Expression> keys, List<Expression> values)
      implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      frame.python().budget().elements(keys.size());
      Map<Object, Object> dict = new LinkedHashMap<>();
      for (int i = 0; i < keys.size(); i++) {
        Object key = frame.value(keys.get(i));
        if (!Python.isKey(key)) {
          throw frame.fault(
              "a dict's key must be a text, a number or none, not of type "
                  + frame.python().typeName(key));
        }
        dict.put(key, frame.value(values.get(i)));
      }
      return dict;
    }
  }

  record Attribute(int line, Expression of, String name) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return Access.attribute(frame.python(), frame.value(of), name);
    }
  }

  record Item(int line, Expression of, Expression key) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return Access.item(frame.python(), frame.value(of), frame.value(key));
    }
  }

  record Slice(
      int line,
      Expression of,
      @Nullable Expression from,
      @Nullable Expression to,
      @Nullable Expression step)
      implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return Access.slice(
          frame.python(),
          frame.value(of),
          valueOf(frame, from),
          valueOf(frame, to),
          valueOf(frame, step));
    }

    private static Object valueOf(Frame frame, @Nullable Expression bound) {
      return bound == null ? None.NONE : frame.value(bound);
    }
  }

  /** What stands between the brackets of a call. */
  record Call(List<Expression> positional, Map<String, Expression> named) {

    static final Call EMPTY = new Call(List.of(), Map.of());

    Arguments arguments(Frame frame) {
      if (positional.isEmpty() && named.isEmpty()) {
        return Arguments.NONE;
      }
      Map<String, Object> values = new LinkedHashMap<>();
      List<Object> inOrder = valuesOf(frame, positional);
      named.forEach((name, value) -> values.put(name, frame.value(value)));
      return new Arguments(inOrder, values);
    }
  }

  record Invocation(int line, Expression callee, Call call) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Object value = frame.value(callee);
      Arguments arguments = call.arguments(frame);
      if (value instanceof Invocable invocable) {
        return invocable.call(frame.python(), arguments);
      }
      throw frame.fault(
          value instanceof Undefined undefined
              ? undefined.reason() + ", so it cannot be called"
              : "a value of type %s cannot be called".formatted(frame.python().typeName(value)));
    }
  }

  record Filtered(int line, Expression of, String name, Call call) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Object value = frame.value(of);
      return Filters.apply(frame.python(), name, value, call.arguments(frame));
    }
  }

  record Tested(int line, Expression of, String name, Call call) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Object value = frame.value(of);
      return Tests.holds(frame.python(), name, value, call.arguments(frame));
    }
  }

  private static List<Object> valuesOf(Frame frame, List<Expression> expressions) {
    frame.python().budget().elements(expressions.size());
    List<Object> values = new ArrayList<>(expressions.size());
    for (Expression expression : expressions) {
      values.add(frame.value(expression));
    }
    return values;
  }
}
