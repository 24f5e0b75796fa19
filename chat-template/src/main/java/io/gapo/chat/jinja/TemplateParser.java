package io.gapo.chat.jinja;

import io.gapo.chat.jinja.Statement.Flow;
import io.gapo.chat.jinja.Statements.Branch;
import io.gapo.chat.jinja.Statements.Parameter;
import io.gapo.chat.jinja.Token.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads a template's blocks. */
final class TemplateParser {

  private final TokenStream stream;
  private final ExpressionParser expressions;
  private int loops;

  private TemplateParser(TokenStream stream) {
    this.stream = stream;
    this.expressions = new ExpressionParser(stream);
  }

  static List<Statement> parse(String source) {
    TemplateParser parser = new TemplateParser(new TokenStream(Lexer.tokens(source)));
    return parser.statements(Set.of());
  }

  /** Up to a block of one of the given names, of which the stream is then at the name. */
  private List<Statement> statements(Set<String> ends) {
    stream.enter();
    List<Statement> statements = new ArrayList<>();
    while (!stream.at(Kind.END)) {
      Token token = stream.next();
      if (token.kind() == Kind.DATA) {
        statements.add(new Statements.Data(token.line(), token.text()));
      } else if (token.kind() == Kind.VARIABLE_BEGIN) {
        statements.add(new Statements.Print(token.line(), expressions.expressions(true)));
        stream.expect(Kind.VARIABLE_END, "'}}'");
      } else if (stream.at(Kind.NAME) && ends.contains(stream.current().text())) {
        stream.leave();
        return statements;
      } else {
        statements.add(block());
      }
    }
    if (!ends.isEmpty()) {
      throw stream.unexpected("a block " + String.join(" or ", ends.stream().sorted().toList()));
    }
    stream.leave();
    return statements;
  }

  private void endOfBlock() {
    stream.expect(Kind.BLOCK_END, "'%}'");
  }

  private List<Statement> body(String end) {
    endOfBlock();
    List<Statement> body = statements(Set.of(end));
    stream.next();
    return body;
  }

  private Statement block() {
    int line = stream.current().line();
    String name = stream.expectName();
    Statement statement =
        switch (name) {
          case "if" -> conditional(line);
          case "for" -> loop(line);
          case "set" -> assignment(line);
          case "macro" -> macro(line);
          case "generation" -> new Statements.Generation(line, outsideLoops("endgeneration"));
          case "break" -> control(line, Flow.BREAK);
          case "continue" -> control(line, Flow.CONTINUE);
          default ->
              throw stream.fault(
                  "the block '%s' is not known here: chat templates have if, for, set, macro,"
                          .formatted(name)
                      + " generation, break, continue and raw");
        };
    endOfBlock();
    return statement;
  }

  private Statement control(int line, Flow flow) {
    if (loops == 0) {
      throw stream.fault("break and continue stand only within a loop");
    }
    return new Statements.LoopControl(line, flow);
  }

  private List<Statement> outsideLoops(String end) {
    int around = loops;
    loops = 0;
    List<Statement> body = body(end);
    loops = around;
    return body;
  }

  private Statement conditional(int line) {
    List<Branch> branches = new ArrayList<>();
    List<Statement> otherwise = List.of();
    String next = "if";
    while (!next.equals("endif")) {
      if (next.equals("else")) {
        otherwise = body("endif");
        break;
      }
      Expression condition = expressions.expressions(false);
      endOfBlock();
      branches.add(new Branch(condition, statements(Set.of("elif", "else", "endif"))));
      next = stream.next().text();
    }
    return new Statements.If(line, branches, otherwise);
  }

  private Statement loop(int line) {
    Target target = target(false);
    stream.expectName("in");
    Expression items = expressions.expressions(false);
    Expression filter = stream.skipName("if") ? expressions.expression() : null;
    if (stream.atName("recursive")) {
      throw stream.fault("recursive loops are not known here: call a macro instead");
    }
    endOfBlock();
    loops++;
    List<Statement> body = statements(Set.of("else", "endfor"));
    loops--;
    List<Statement> otherwise = stream.next().text().equals("else") ? body("endfor") : List.of();
    return new Statements.For(line, target, items, filter, body, otherwise);
  }

  private Statement assignment(int line) {
    Target target = target(true);
    if (stream.skipOperator("=")) {
      return new Statements.Assign(line, target, expressions.expressions(true));
    }
    Expression body = new Expressions.Name(line, Statements.AssignBlock.BODY);
    Expression filtered = expressions.filters(body);
    return new Statements.AssignBlock(line, target, filtered, outsideLoops("endset"));
  }

  private Target target(boolean withNamespace) {
    List<Target> targets = new ArrayList<>();
    targets.add(oneTarget(withNamespace));
    boolean unpacked = false;
    while (stream.skipOperator(",")) {
      unpacked = true;
      if (!stream.at(Kind.NAME) && !stream.atOperator("(")) {
        break;
      }
      if (stream.atName("in")) {
        break;
      }
      targets.add(oneTarget(withNamespace));
    }
    return unpacked ? new Target.Unpacked(targets) : targets.get(0);
  }

  private Target oneTarget(boolean withNamespace) {
    if (stream.skipOperator("(")) {
      stream.enter();
      Target inside = target(withNamespace);
      stream.leave();
      stream.expectOperator(")");
      return inside;
    }
    String name = stream.expectName();
    if (withNamespace && stream.skipOperator(".")) {
      return new Target.NamespaceAttribute(name, stream.expectName());
    }
    return new Target.Variable(name);
  }

  private Statement macro(int line) {
    String name = stream.expectName();
    stream.expectOperator("(");
    List<Parameter> parameters = new ArrayList<>();
    while (!stream.skipOperator(")")) {
      String parameter = stream.expectName();
      Expression otherwise = stream.skipOperator("=") ? expressions.expression() : null;
      parameters.add(new Parameter(parameter, otherwise));
      if (!stream.skipOperator(",") && !stream.atOperator(")")) {
        throw stream.unexpected("',' or ')'");
      }
    }
    return new Statements.Macro(line, name, parameters, outsideLoops("endmacro"));
  }
}
