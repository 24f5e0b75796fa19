package io.gapo.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever a template does, it ends by counting, not by a clock, and sees nothing of Java. */
@Timeout(120)
class HostileTemplatesTest {

  /** A thread's stack in some containers. */
  private static final long SMALL_STACK = 512 << 10;

  private static final String FOR_EVER = "{% for a in range(99999) %}{% for b in range(99999) %}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        FOR_EVER + "{% endfor %}{% endfor %}",
        FOR_EVER + "{{ 'some text' }}{% endfor %}{% endfor %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m() %}{{ m() }}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{% if n > 0 %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(40) }}",
        "{{ range(10 ** 9) }}",
        "{{ range(-(10 ** 18), 10 ** 18) }}",
        "{% for i in range(1000) %}{% set x = range(90000) | list %}{% endfor %}",
      })
  void loopsAndCallsThatDoNotEndAreEnded(String template) {
    assertRefused(template);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ 'a' * 10 ** 9 }}",
        "{{ 'a' * 9223372036854775807 }}",
        "{{ [1] * 10 ** 9 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(99) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% endfor %}{{ ns.x | tojson }}",
        "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x == ns.y }}",
        "{% set ns = namespace(x=[1], y=[1]) %}{% for i in range(99) %}{% set ns.x = [ns.x, ns.x] %}{% set ns.y = [ns.y, ns.y] %}{% endfor %}{{ ns.x < ns.y }}",
        "{% set ns = namespace(x=(1,)) %}{% for i in range(99) %}{% set ns.x = (ns.x, ns.x) %}{% endfor %}{{ {ns.x: 1} }}",
        "{% set ns = namespace(x=1) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}",
        "{% set ns = namespace(x=1) %}{% for i in range(9999) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x | tojson(indent=9) }}",
        "{{ 'ab' | indent(10 ** 9, true) }}",
        "{{ [1] | tojson(indent=10 ** 9) }}",
        "{{ ('a' * 1000000).replace('a', 'b' * 1000000) }}",
        "{{ ('a' * 1000000).replace('', 'b' * 1000000) }}",
        "{{ (['a'] * 1000000) | join('b' * 1000000) }}",
        "{{ ('b' * 1000000).join(['a'] * 1000000) }}",
        "{{ ('a' * 8000000).count('a' * 4000000 ~ 'b') }}",
        "{{ ('a' * 8000000).split('a' * 4000000 ~ 'b') }}",
        "{{ ('a' * 4000000 ~ 'b') in ('a' * 8000000) }}",
        "{% for i in range(99999) %}{{ ('a' * 4000000)[::-1] }}{% endfor %}",
        "{{ range(99999) | map('string') | unique | list }}",
        "{{ [1] | batch(10 ** 12, 'x') | list }}",
        "{% set x %}{% for i in range(99999) %}{{ 'a' * 9999 }}{% endfor %}{% endset %}",
      })
  void whatWouldBeTooLargeIsRefusedBeforeItIsMade(String template) {
    assertRefused(template);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ [].__class__.__base__.__subclasses__() }}",
        "{{ messages.__init__ }}",
        "{{ namespace._x }}",
        "{{ namespace(_x=1) }}",
        "{% set ns = namespace() %}{% set ns._x = 1 %}",
        "{{ range.__globals__ }}",
        "{{ [''] | map(attribute='__class__') | list }}",
        "{{ messages[0].getClass() }}",
        "{{ ''.getClass().forName('java.lang.Runtime') }}",
        "{{ ''.class.name }}",
        "{{ messages.stream().toList() }}",
        "{{ messages.clear() }}",
        "{{ messages[0].pop('role') }}",
        "{% include '/etc/passwd' %}",
        "{% extends 'x' %}",
      })
  void nothingBehindTheValuesCanBeReached(String template) {
    assertRefused(template);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"(", "[", "-", "not ", "{'a': ", "'' if ", "f(", "a[", "x|f(", "x is f(", "1 + ("})
  void bracketsAndOperatorsInDepthAreRefusedWhenTheTemplateIsRead(String opening) {
    assertRefused("{{ " + opening.repeat(50_000) + " }}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% if 1 %}",
        "{% for i in [1] %}",
        "{% macro m() %}",
        "{% set x %}",
        "{% set ((("
      })
  void blocksInDepthAreRefusedWhenTheTemplateIsRead(String opening) {
    assertRefused(opening.repeat(20_000));
  }

  @ParameterizedTest
  @ValueSource(strings = {" + 1", " ~ 1", "|string", ".a", "[0]", "()", " and 1", " < 1", " if 1"})
  void longChainsEndInATextOrAnError(String link) {
    endsOnASmallStack("{{ messages" + link.repeat(20_000) + " }}");
  }

  @Test
  void theErrorNamesLineAndRemedy() {
    ChatTemplate template =
        ChatTemplate.parse(
            "hostile.jinja", "a\n{% for m in messages %}\n{{ 'a' * 10**9 }}{% endfor %}");

    assertThatExceptionOfType(ChatTemplateException.class)
        .isThrownBy(() -> template.render(Conversation.ofUser("hi"), RenderOptions.DEFAULTS))
        .withMessageContaining("hostile.jinja, line 3")
        .withMessageContaining("shorten the conversation");
  }

  /** Pieces of templates in any order: mostly nonsense, some of it a template. */
  @Cases(3000)
  void anyTextIsATemplateOrAnError(Draw draw) {
    List<String> pieces =
        draw.list(
            0,
            24,
            () ->
                draw.oneOf(
                    "{{",
                    "}}",
                    "{%",
                    "%}",
                    "{#",
                    "#}",
                    "-",
                    "+",
                    "if",
                    "for",
                    "in",
                    "set",
                    "endif",
                    "endfor",
                    "endset",
                    "macro",
                    "m(",
                    ")",
                    "[",
                    "]",
                    "{",
                    "}",
                    "'",
                    "\"",
                    "|",
                    "join",
                    "map",
                    "tojson",
                    "is",
                    "not",
                    "defined",
                    "messages",
                    "loop",
                    ".",
                    ",",
                    ":",
                    "=",
                    "==",
                    "1",
                    "0",
                    "~",
                    "*",
                    "**",
                    " ",
                    "\n",
                    "x",
                    "raw",
                    "endraw",
                    draw.text(4)));

    endsOnASmallStack(String.join(draw.oneOf("", " "), pieces));
  }

  /** Arithmetic, slices and methods on values of any kind. */
  @Cases(3000)
  void anyExpressionHasAValueOrAnError(Draw draw) {
    endsOnASmallStack("{{ " + expression(draw, 4) + " }}");
  }

  private static String expression(Draw draw, int depth) {
    if (depth == 0) {
      return draw.oneOf(
          "1",
          "-1",
          "0",
          "9223372036854775807",
          "1e308",
          "'aé🙂'",
          "''",
          "[]",
          "[1, 'a']",
          "(1,)",
          "{'a': 1}",
          "none",
          "true",
          "missing",
          "messages",
          "range(3)",
          "loop",
          "namespace(a=1)");
    }
    String a = expression(draw, draw.between(0, depth - 1));
    String b = expression(draw, draw.between(0, depth - 1));
    String c = expression(draw, draw.between(0, depth - 1));
    return draw.oneOf(
        "(%s + %s)".formatted(a, b),
        "(%s %s %s)"
            .formatted(a, draw.oneOf("-", "*", "/", "//", "%", "**", "~", "<", "==", "in"), b),
        "(%s)[%s]".formatted(a, b),
        "(%s)[%s:%s]".formatted(a, b, c),
        "(%s)[%s:%s:%s]".formatted(a, b, c, expression(draw, 0)),
        "(%s if %s else %s)".formatted(a, b, c),
        "(-%s)".formatted(a),
        "(%s).%s(%s)"
            .formatted(a, draw.oneOf("split", "strip", "replace", "get", "items", "find"), b),
        "(%s)|%s".formatted(a, draw.oneOf("length", "list", "tojson", "string", "int", "float")),
        "(%s)|%s".formatted(a, draw.oneOf("sort", "first", "last", "sum", "max", "round", "abs")),
        "(%s)|%s(%s)".formatted(a, draw.oneOf("join", "map", "select", "default", "batch"), b),
        "(%s)|%s(%s, %s)"
            .formatted(a, draw.oneOf("replace", "selectattr", "indent", "round"), b, c),
        "(%s is %s)".formatted(a, draw.oneOf("odd", "mapping", "string", "upper", "sequence")),
        "range(%s, %s, %s)".formatted(a, b, c));
  }

  private static void assertRefused(String template) {
    assertThat(endsOnASmallStack(template)).isInstanceOf(ChatTemplateException.class);
  }

  /** Whatever is thrown but the exception that is meant for it fails the test. */
  private static @Nullable Throwable endsOnASmallStack(String source) {
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              List<Message> messages = new ArrayList<>();
              messages.add(new Message("user", "hi", Map.of("tags", List.of("a", "b"))));
              ChatTemplate.parse(source).render(new Conversation(messages), RenderOptions.DEFAULTS);
            },
            "renders",
            SMALL_STACK);
    thread.setUncaughtExceptionHandler((its, failure) -> thrown.set(failure));
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted while rendering", e);
    }
    Throwable failure = thrown.get();
    if (failure != null) {
      assertThat(failure).isInstanceOf(ChatTemplateException.class);
    }
    return failure;
  }
}
