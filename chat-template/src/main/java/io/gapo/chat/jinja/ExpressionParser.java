package io.gapo.chat.jinja;

import io.gapo.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads expressions; what binds tighter is called by what binds looser, as in jinja2's parser. */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> PRODUCTS = Set.of("*", "/", "//", "%");

  /** What follows a test's name and is not its argument. */
  private static final Set<String> AFTER_A_TEST = Set.of("else", "or", "and");

  private final TokenStream stream;
  private final PrimaryParser primaries;

  ExpressionParser(TokenStream stream) {
    this.stream = stream;
    this.primaries = new PrimaryParser(stream, this);
  }

  /** One expression, or several with commas between them, which make a tuple. */
  Expression expressions(boolean withConditions) {
    int line = stream.current().line();
    List<Expression> items = new ArrayList<>();
    boolean isTuple = false;
    while (!atEndOfExpressions()) {
      items.add(withConditions ? expression() : or());
      if (!stream.skipOperator(",")) {
        break;
      }
      isTuple = true;
    }
    if (items.isEmpty()) {
      throw stream.unexpected("an expression");
    }
    return isTuple ? new Expressions.ListLiteral(line, items, true) : items.get(0);
  }

  private boolean atEndOfExpressions() {
    return stream.at(Kind.VARIABLE_END)
        || stream.at(Kind.BLOCK_END)
        || stream.at(Kind.END)
        || stream.atOperator(")");
  }

  Expression expression() {
    stream.enter();
    Expression value = or();
    while (stream.atName("if")) {
      int line = stream.next().line();
      Expression condition = or();
      Expression otherwise = stream.skipName("else") ? expression() : null;
      value = new Operations.Conditional(line, condition, value, otherwise);
    }
    stream.leave();
    return value;
  }

  private Expression or() {
    Expression left = and();
    while (stream.atName("or")) {
      int line = stream.next().line();
      left = new Operations.Logical(line, false, left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (stream.atName("and")) {
      int line = stream.next().line();
      left = new Operations.Logical(line, true, left, not());
    }
    return left;
  }

  private Expression not() {
    if (!stream.atName("not")) {
      return comparison();
    }
    int line = stream.next().line();
    stream.enter();
    Expression operand = not();
    stream.leave();
    return new Operations.Not(line, operand);
  }

  private Expression comparison() {
    int line = stream.current().line();
    Expression first = sum();
    List<String> operators = new ArrayList<>();
    List<Expression> others = new ArrayList<>();
    while (true) {
      if (stream.at(Kind.OPERATOR) && COMPARISONS.contains(stream.current().text())) {
        operators.add(stream.next().text());
      } else if (stream.skipName("in")) {
        operators.add("in");
      } else if (stream.atName("not") && stream.nameFollows("in")) {
        stream.next();
        stream.next();
        operators.add("not in");
      } else {
        break;
      }
      others.add(sum());
    }
    return operators.isEmpty() ? first : new Operations.Comparison(line, first, operators, others);
  }

  private Expression sum() {
    Expression left = concatenation();
    while (stream.atOperator("+") || stream.atOperator("-")) {
      Token operator = stream.next();
      left = new Operations.Binary(operator.line(), operator.text(), left, concatenation());
    }
    return left;
  }

  private Expression concatenation() {
    int line = stream.current().line();
    Expression first = product();
    if (!stream.atOperator("~")) {
      return first;
    }
    List<Expression> parts = new ArrayList<>();
    parts.add(first);
    while (stream.skipOperator("~")) {
      parts.add(product());
    }
    return new Operations.Concatenated(line, parts);
  }

  private Expression product() {
    Expression left = power();
    while (stream.at(Kind.OPERATOR) && PRODUCTS.contains(stream.current().text())) {
      Token operator = stream.next();
      left = new Operations.Binary(operator.line(), operator.text(), left, power());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (stream.atOperator("**")) {
      int line = stream.next().line();
      left = new Operations.Binary(line, "**", left, unary(true));
    }
    return left;
  }

  private Expression unary(boolean withFilters) {
    stream.enter();
    Expression operand;
    if (stream.atOperator("-")) {
      int line = stream.next().line();
      operand = new Operations.Negated(line, unary(false));
    } else if (stream.skipOperator("+")) {
      operand = unary(false);
    } else {
      operand = primaries.primary();
    }
    operand = primaries.postfix(operand);
    if (withFilters) {
      operand = filtersAndTests(operand);
    }
    stream.leave();
    return operand;
  }

  private Expression filtersAndTests(Expression start) {
    Expression value = start;
    while (true) {
      if (stream.atOperator("|")) {
        value = filter(value);
      } else if (stream.atName("is")) {
        value = test(value);
      } else if (stream.atOperator("(")) {
        value = new Expressions.Invocation(stream.current().line(), value, call());
      } else {
        return value;
      }
    }
  }

  /** All filters that follow, from the {@code |} on. */
  Expression filters(Expression start) {
    Expression value = start;
    while (stream.atOperator("|")) {
      value = filter(value);
    }
    return value;
  }

  private Expression filter(Expression value) {
    int line = stream.next().line();
    String name = stream.expectName();
    Expressions.Call call = stream.atOperator("(") ? call() : Expressions.Call.EMPTY;
    return new Expressions.Filtered(line, value, name, call);
  }

  private Expression test(Expression value) {
    int line = stream.next().line();
    boolean negated = stream.skipName("not");
    String name = stream.expectName();
    Expressions.Call call = Expressions.Call.EMPTY;
    if (stream.atOperator("(")) {
      call = call();
    } else if (atArgumentOfTest()) {
      if (stream.atName("is")) {
        throw stream.fault("a test cannot follow a test: put the first one into brackets");
      }
      call = new Expressions.Call(List.of(primaries.postfix(primaries.primary())), Map.of());
    }
    Expression tested = new Expressions.Tested(line, value, name, call);
    return negated ? new Operations.Not(line, tested) : tested;
  }

  private boolean atArgumentOfTest() {
    return switch (stream.current().kind()) {
      case NAME -> !AFTER_A_TEST.contains(stream.current().text());
      case STRING, INTEGER, FLOAT -> true;
      default -> stream.atOperator("[") || stream.atOperator("{");
    };
  }

  /** A call's arguments, from the opening bracket to the closing one. */
  Expressions.Call call() {
    stream.expectOperator("(");
    List<Expression> positional = new ArrayList<>();
    Map<String, Expression> named = new LinkedHashMap<>();
    while (!stream.atOperator(")")) {
      if (stream.atOperator("*") || stream.atOperator("**")) {
        throw stream.fault("arguments cannot be unpacked with * here: write them one by one");
      }
      if (stream.at(Kind.NAME) && stream.operatorFollows("=")) {
        String name = stream.next().text();
        stream.next();
        if (named.put(name, expression()) != null) {
          throw stream.fault("the argument '%s' stands twice in a call".formatted(name));
        }
      } else if (named.isEmpty()) {
        positional.add(expression());
      } else {
        throw stream.fault("an argument without a name follows one with a name: move it forward");
      }
      if (!stream.skipOperator(",") && !stream.atOperator(")")) {
        throw stream.unexpected("',' or ')'");
      }
    }
    stream.next();
    return new Expressions.Call(positional, named);
  }
}
