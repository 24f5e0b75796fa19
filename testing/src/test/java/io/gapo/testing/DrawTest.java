package io.gapo.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DrawTest {

  @Test
  void staysWithinItsBoundsAndMeetsTheirEdges() {
    assertThat(drawn(draw -> draw.between(-3, 40)))
        .allMatch(n -> n >= -3 && n <= 40)
        .contains(-3, 0, 1, 17, 40);
    assertThat(drawn(draw -> draw.between(0, Integer.MAX_VALUE)))
        .allMatch(n -> n >= 0)
        .contains(0, Integer.MAX_VALUE);
    assertThat(drawn(draw -> draw.between(-1e6, 2.0)))
        .allMatch(x -> x >= -1e6 && x <= 2)
        .contains(-1e6, 0.0, 1.0, 2.0);
    assertThat(drawn(draw -> draw.between(5, 5))).containsOnly(5);
    assertThat(drawn(draw -> draw.between(0.5, 0.5))).containsOnly(0.5);
  }

  @Test
  void numbersComeInAllMagnitudes() {
    assertThat(drawn(draw -> draw.between(0.01, Double.MAX_VALUE)))
        .anyMatch(x -> x < 1 && x > 0.01)
        .anyMatch(x -> x > 1e100 && x < 1e200)
        .anyMatch(x -> x > 1e307 && x < Double.MAX_VALUE);
    assertThat(drawn(draw -> draw.between(-1.0, 1.0)))
        .anyMatch(x -> x < 0 && x > -1e-6)
        .anyMatch(x -> x > 0.5 && x < 1);
    assertThat(drawn(Draw::anyFloat))
        .allMatch(Float::isFinite)
        .anyMatch(x -> x != 0 && Math.abs(x) < Float.MIN_NORMAL)
        .anyMatch(x -> Math.abs(x) > 1e30f);
  }

  @Test
  void listsBytesAndTextsMayBeEmptyAndFull() {
    assertThat(drawn(draw -> draw.list(0, 4, draw::anyLong)))
        .extracting(List::size)
        .contains(0, 1, 2, 3, 4);
    assertThat(drawn(draw -> draw.bytes(255)))
        .extracting(bytes -> bytes.length)
        .contains(0, 1, 255);
    assertThat(drawn(draw -> draw.text(255))).extracting(String::length).contains(0, 1, 255);
  }

  @Test
  void textsHoldMarkupControlCharactersAndHalvesOfPairs() {
    Set<Character> characters = new HashSet<>();
    for (String text : drawn(draw -> draw.text(255))) {
      text.chars().forEach(character -> characters.add((char) character));
    }

    assertThat(characters).contains('<', '>', '&', '"', '\'', '\\', '\u0000', '\n');
    assertThat(characters).anyMatch(Character::isSurrogate);
    assertThat(drawn(draw -> draw.unicode(60)))
        .allMatch(text -> StandardCharsets.UTF_8.newEncoder().canEncode(text))
        .anyMatch(text -> text.codePoints().anyMatch(Character::isSupplementaryCodePoint))
        .anyMatch(text -> !text.isEmpty() && text.chars().allMatch(c -> c < 0x80));
  }

  private static <T> List<T> drawn(Function<Draw, T> of) {
    Draw draw = new Draw(1);
    return Stream.generate(() -> of.apply(draw)).limit(2000).toList();
  }
}
