package io.gapo.chat.jinja;

import io.gapo.chat.jinja.Token.Kind;
import io.gapo.chat.python.TemplateFault;
import java.util.List;

/** A template's tokens, one after the other. */
final class TokenStream {

  /** Brackets, operators and blocks within each other; the thread's stack holds them. */
  private static final int MAX_DEPTH = 300;

  private final List<Token> tokens;
  private int position;
  private int depth;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(position);
  }

  private Token following() {
    return tokens.get(Math.min(position + 1, tokens.size() - 1));
  }

  Token next() {
    Token token = current();
    position = Math.min(position + 1, tokens.size() - 1);
    return token;
  }

  boolean at(Kind kind) {
    return current().kind() == kind;
  }

  boolean atOperator(String operator) {
    return current().is(Kind.OPERATOR, operator);
  }

  boolean atName(String name) {
    return current().is(Kind.NAME, name);
  }

  boolean operatorFollows(String operator) {
    return following().is(Kind.OPERATOR, operator);
  }

  boolean nameFollows(String name) {
    return following().is(Kind.NAME, name);
  }

  boolean skipOperator(String operator) {
    boolean found = atOperator(operator);
    if (found) {
      next();
    }
    return found;
  }

  boolean skipName(String name) {
    boolean found = atName(name);
    if (found) {
      next();
    }
    return found;
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw unexpected("'" + name + "'");
    }
  }

  String expectName() {
    return expect(Kind.NAME, "a name");
  }

  String expect(Kind kind, String expected) {
    if (!at(kind)) {
      throw unexpected(expected);
    }
    return next().text();
  }

  TemplateFault unexpected(String expected) {
    return fault("expected %s, found %s".formatted(expected, current().description()));
  }

  TemplateFault fault(String message) {
    return new TemplateFault(current().line(), message);
  }

  void enter() {
    if (++depth > MAX_DEPTH) {
      throw fault("brackets or blocks are nested more than %s deep".formatted(MAX_DEPTH));
    }
  }

  void leave() {
    depth--;
  }
}
