package io.gapo.chat.jinja;

import io.gapo.chat.jinja.Token.Kind;
import io.gapo.chat.python.None;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads literals, names, brackets, and the attributes, elements and calls behind them. */
final class PrimaryParser {

  private final TokenStream stream;
  private final ExpressionParser expressions;

  PrimaryParser(TokenStream stream, ExpressionParser expressions) {
    this.stream = stream;
    this.expressions = expressions;
  }

  Expression primary() {
    Token token = stream.current();
    switch (token.kind()) {
      case NAME -> {
        stream.next();
        return name(token);
      }
      case STRING -> {
        return string(token.line());
      }
      case INTEGER -> {
        stream.next();
        return new Expressions.Constant(token.line(), whole(token));
      }
      case FLOAT -> {
        stream.next();
        double number = Double.parseDouble(token.text().replace("_", ""));
        return new Expressions.Constant(token.line(), number);
      }
      default -> {
        return bracket(token);
      }
    }
  }

  private static Expression name(Token token) {
    return switch (token.text()) {
      case "true", "True" -> new Expressions.Constant(token.line(), true);
      case "false", "False" -> new Expressions.Constant(token.line(), false);
      case "none", "None" -> new Expressions.Constant(token.line(), None.NONE);
      default -> new Expressions.Name(token.line(), token.text());
    };
  }

  private Expression string(int line) {
    StringBuilder text = new StringBuilder();
    while (stream.at(Kind.STRING)) {
      text.append(stream.next().text());
    }
    return new Expressions.Constant(line, text.toString());
  }

  private long whole(Token token) {
    try {
      return Literals.whole(token.text());
    } catch (NumberFormatException e) {
      throw stream.fault("'%s' is no number of 64 bits".formatted(token.text()));
    }
  }

  private Expression bracket(Token token) {
    if (stream.skipOperator("(")) {
      if (stream.skipOperator(")")) {
        return new Expressions.ListLiteral(token.line(), List.of(), true);
      }
      Expression inside = expressions.expressions(true);
      stream.expectOperator(")");
      return inside;
    }
    if (stream.skipOperator("[")) {
      List<Expression> items = new ArrayList<>();
      while (!stream.skipOperator("]")) {
        items.add(expressions.expression());
        separator("]");
      }
      return new Expressions.ListLiteral(token.line(), items, false);
    }
    if (stream.skipOperator("{")) {
      List<Expression> keys = new ArrayList<>();
      List<Expression> values = new ArrayList<>();
      while (!stream.skipOperator("}")) {
        keys.add(expressions.expression());
        stream.expectOperator(":");
        values.add(expressions.expression());
        separator("}");
      }
      return new Expressions.DictLiteral(token.line(), keys, values);
    }
    throw stream.unexpected("an expression");
  }

  private void separator(String closing) {
    if (!stream.skipOperator(",") && !stream.atOperator(closing)) {
      throw stream.unexpected("',' or '" + closing + "'");
    }
  }

  Expression postfix(Expression start) {
    Expression value = start;
    while (true) {
      int line = stream.current().line();
      if (stream.skipOperator(".")) {
        value = attribute(line, value);
      } else if (stream.skipOperator("[")) {
        value = item(line, value);
        stream.expectOperator("]");
      } else if (stream.atOperator("(")) {
        value = new Expressions.Invocation(line, value, expressions.call());
      } else {
        return value;
      }
    }
  }

  private Expression attribute(int line, Expression value) {
    Token token = stream.next();
    return switch (token.kind()) {
      case NAME -> new Expressions.Attribute(line, value, token.text());
      case INTEGER ->
          new Expressions.Item(line, value, new Expressions.Constant(line, whole(token)));
      default -> throw stream.fault("expected a name or a number behind '.'");
    };
  }

  private Expression item(int line, Expression value) {
    @Nullable Expression first = stream.atOperator(":") ? null : expressions.expression();
    if (first != null && !stream.atOperator(":")) {
      return new Expressions.Item(line, value, first);
    }
    stream.next();
    Expression to = bound();
    Expression step = stream.skipOperator(":") ? bound() : null;
    return new Expressions.Slice(line, value, first, to, step);
  }

  private @Nullable Expression bound() {
    return stream.atOperator(":") || stream.atOperator("]") ? null : expressions.expression();
  }
}
