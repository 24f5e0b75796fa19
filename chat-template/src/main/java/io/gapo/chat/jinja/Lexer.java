package io.gapo.chat.jinja;

import io.gapo.chat.python.TemplateFault;
import io.gapo.chat.python.Text;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Takes a template apart as jinja2 does with {@code trim_blocks} and {@code lstrip_blocks}: the
 * first line break after a block is not part of the text, nor is white space between the beginning
 * of a line and a block.
 */
final class Lexer {

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;
  private int countedTo;

  private Lexer(String source) {
    this.source = source;
  }

  static List<Token> tokens(String template) {
    String unix = template.replace("\r\n", "\n").replace('\r', '\n');
    Lexer lexer = new Lexer(unix.endsWith("\n") ? unix.substring(0, unix.length() - 1) : unix);
    while (lexer.position < lexer.source.length()) {
      lexer.readText();
    }
    lexer.add(Token.Kind.END, "");
    return lexer.tokens;
  }

  private void add(Token.Kind kind, String text) {
    for (; countedTo < position; countedTo++) {
      if (source.charAt(countedTo) == '\n') {
        line++;
      }
    }
    tokens.add(new Token(kind, text, line));
  }

  private TemplateFault fault(String message) {
    add(Token.Kind.END, "");
    return new TemplateFault(line, message);
  }

  private void readText() {
    int tag = source.indexOf('{', position);
    while (tag >= 0 && "{%#".indexOf(at(tag + 1)) < 0) {
      tag = source.indexOf('{', tag + 1);
    }
    if (tag < 0) {
      addText(source.substring(position));
      position = source.length();
      return;
    }
    char kind = source.charAt(tag + 1);
    char sign = at(tag + 2);
    addText(before(tag, kind, sign));
    position = tag + (sign == '-' || sign == '+' ? 3 : 2);
    if (kind == '#') {
      skipComment();
    } else if (kind == '{') {
      readTag(Token.Kind.VARIABLE_BEGIN, Token.Kind.VARIABLE_END, "}}");
    } else if (!readRaw()) {
      readTag(Token.Kind.BLOCK_BEGIN, Token.Kind.BLOCK_END, "%}");
    }
  }

  private void addText(String text) {
    if (!text.isEmpty()) {
      add(Token.Kind.DATA, text);
    }
  }

  /** The text before a tag, without what the tag's kind and sign take from it. */
  private String before(int tag, char kind, char sign) {
    String text = source.substring(position, tag);
    if (sign == '-') {
      return Text.stripRight(text);
    }
    if (sign == '+' || kind == '{') {
      return text;
    }
    int lineStart = text.lastIndexOf('\n') + 1;
    boolean atLineStart = lineStart > 0 || position == 0 || source.charAt(position - 1) == '\n';
    return atLineStart && Text.stripLeft(text.substring(lineStart)).isEmpty()
        ? text.substring(0, lineStart)
        : text;
  }

  /** The character at a place, NUL behind the end. */
  private char at(int place) {
    return place < source.length() ? source.charAt(place) : 0;
  }

  private void skipComment() {
    int end = source.indexOf("#}", position);
    if (end < 0) {
      throw fault("a comment has no end: add #}");
    }
    boolean stripped = end > position && source.charAt(end - 1) == '-';
    position = end + 2;
    skipAfter(stripped, true);
  }

  private void skipAfter(boolean stripped, boolean trimmed) {
    if (stripped) {
      while (position < source.length() && Text.isSpace(source.charAt(position))) {
        position++;
      }
    } else if (trimmed && at(position) == '\n') {
      position++;
    }
  }

  /** Reads {@code {% raw %}…{% endraw %}}; false if another block begins here. */
  private boolean readRaw() {
    int start = position;
    skipSpace();
    boolean raw = source.startsWith("raw", position);
    position += raw ? 3 : 0;
    skipSpace();
    boolean stripped = at(position) == '-';
    position += stripped ? 1 : 0;
    if (!raw || !source.startsWith("%}", position)) {
      position = start;
      return false;
    }
    position += 2;
    skipAfter(stripped, false);
    int from = position;
    for (int tag = source.indexOf("{%", from); tag >= 0; tag = source.indexOf("{%", tag + 1)) {
      char sign = at(tag + 2);
      int text = from;
      position = tag + (sign == '-' || sign == '+' ? 3 : 2);
      if (readEndOfRaw()) {
        int behind = position;
        position = text;
        addText(before(tag, '%', sign));
        position = behind;
        return true;
      }
    }
    throw fault("a raw block has no end: add {% endraw %}");
  }

  private boolean readEndOfRaw() {
    skipSpace();
    if (!source.startsWith("endraw", position)) {
      return false;
    }
    position += "endraw".length();
    skipSpace();
    char sign = at(position);
    position += sign == '-' || sign == '+' ? 1 : 0;
    if (!source.startsWith("%}", position)) {
      return false;
    }
    position += 2;
    skipAfter(sign == '-', sign != '+');
    return true;
  }

  private void skipSpace() {
    while (position < source.length() && Text.isSpace(source.charAt(position))) {
      position++;
    }
  }

  private void readTag(Token.Kind begin, Token.Kind end, String closing) {
    add(begin, "");
    boolean block = end == Token.Kind.BLOCK_END;
    Deque<Character> open = new ArrayDeque<>();
    while (true) {
      skipSpace();
      if (position >= source.length()) {
        throw fault("a tag has no end: add " + closing);
      }
      if (open.isEmpty()) {
        char sign = source.charAt(position);
        boolean signed = sign == '-' || (block && sign == '+');
        if (source.startsWith(closing, signed ? position + 1 : position)) {
          add(end, "");
          position += signed ? 3 : 2;
          skipAfter(signed && sign == '-', block && !signed);
          return;
        }
      }
      readToken(open);
    }
  }

  private void readToken(Deque<Character> open) {
    char first = source.charAt(position);
    int from = position;
    if (first == '\'' || first == '"') {
      int end = Literals.endOfString(source, position);
      if (end < 0) {
        throw fault("a string has no end: add " + first);
      }
      add(Token.Kind.STRING, Literals.unescape(source.substring(position + 1, end)));
      position = end + 1;
    } else if (first >= '0' && first <= '9') {
      int end = Literals.endOfNumber(source, position);
      String digits = source.substring(from, end);
      add(Literals.isFraction(digits) ? Token.Kind.FLOAT : Token.Kind.INTEGER, digits);
      position = end;
    } else if (first == '_' || Character.isUnicodeIdentifierStart(first)) {
      int end = position;
      while (end < source.length() && Character.isUnicodeIdentifierPart(source.charAt(end))) {
        end++;
      }
      add(Token.Kind.NAME, source.substring(from, end));
      position = end;
    } else {
      String operator = Literals.operatorAt(source, position);
      if (operator.isEmpty()) {
        throw fault("the character '%s' does not belong in a tag".formatted(first));
      }
      balance(open, operator);
      add(Token.Kind.OPERATOR, operator);
      position += operator.length();
    }
  }

  private void balance(Deque<Character> open, String operator) {
    char bracket = operator.charAt(0);
    int opening = "([{".indexOf(bracket);
    if (opening >= 0) {
      open.push(")]}".charAt(opening));
    } else if (")]}".indexOf(bracket) >= 0 && (open.isEmpty() || open.pop() != bracket)) {
      throw fault("the bracket '%s' closes none that is open".formatted(bracket));
    }
  }
}
