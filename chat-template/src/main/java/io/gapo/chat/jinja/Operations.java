package io.gapo.chat.jinja;

import io.gapo.chat.python.Arithmetic;
import io.gapo.chat.python.Undefined;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Operators between values. */
final class Operations {

  private Operations() {}

  record Binary(int line, String operator, Expression left, Expression right)
      implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Object a = frame.value(left);
      return Arithmetic.apply(frame.python(), operator, a, frame.value(right));
    }
  }

  record Negated(int line, Expression of) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return Arithmetic.negate(frame.python(), frame.value(of));
    }
  }

  record Concatenated(int line, List<Expression> parts) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      StringBuilder text = new StringBuilder();
      for (Expression part : parts) {
        String each = frame.python().text(frame.value(part));
        frame.python().budget().characters(each.length());
        text.append(each);
      }
      return text.toString();
    }
  }

  record Not(int line, Expression of) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      return !frame.python().isTrue(frame.value(of));
    }
  }

  /** {@code and} and {@code or} give the operand that decides, not its truth. */
  record Logical(int line, boolean isAnd, Expression left, Expression right) implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Object first = frame.value(left);
      return frame.python().isTrue(first) == isAnd ? frame.value(right) : first;
    }
  }

  record Conditional(
      int line, Expression condition, Expression then, @Nullable Expression otherwise)
      implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      if (frame.python().isTrue(frame.value(condition))) {
        return frame.value(then);
      }
      return otherwise == null
          ? new Undefined("an inline if without else has no value here")
          : frame.value(otherwise);
    }
  }

  /** {@code a < b < c}: as many operators as further operands. */
  record Comparison(int line, Expression first, List<String> operators, List<Expression> others)
      implements Expression {
    @Override
    public Object evaluate(Frame frame) {
      Object left = frame.value(first);
      for (int i = 0; i < operators.size(); i++) {
        Object right = frame.value(others.get(i));
        if (!holds(frame, operators.get(i), left, right)) {
          return false;
        }
        left = right;
      }
      return true;
    }

    private static boolean holds(Frame frame, String operator, Object left, Object right) {
      return switch (operator) {
        case "in" -> frame.python().contains(right, left);
        case "not in" -> !frame.python().contains(right, left);
        default -> Tests.compares(frame.python(), operator, left, right);
      };
    }
  }
}
