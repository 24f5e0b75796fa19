package io.gapo.ops.display;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class UntrustedTextTest {

  @Test
  void escapesWhatSteersATerminalOrTurnsTextAround() {
    assertThat(UntrustedText.escaped("a\u001b[31m\u0007\u009b2J\r\n"))
        .isEqualTo("a\\u001b[31m\\u0007\\u009b2J\\u000d\\u000a");
    assertThat(UntrustedText.escaped("\u202eb\u2066c\u2069\u200f\u061c\u2028"))
        .isEqualTo("\\u202eb\\u2066c\\u2069\\u200f\\u061c\\u2028");
  }

  @Test
  void escapesTheHalfOfAPairAndLeavesAllOtherTextAlone() {
    String text = "naïve 好 שלום \uD83D\uDC68\u200D\uD83D\uDC69\u200D\uD83D\uDC67 \\n";

    assertThat(UntrustedText.escaped(text)).isEqualTo(text);
    assertThat(UntrustedText.escaped("x\uD83Dy")).isEqualTo("x\\ud83dy");
  }

  @Test
  void cutsBetweenCharactersAndSaysSo() {
    assertThat(UntrustedText.cut("abc", 3)).isEqualTo("abc");
    assertThat(UntrustedText.cut("a\uD83D\uDC68b", 2)).isEqualTo("a\uD83D\uDC68…");
  }

  @Test
  void breaksAtLineEndsBetweenWordsAndWithinLongOnes() {
    assertThat(UntrustedText.wrapped("one two three\n\nfour", 8))
        .containsExactly("one two", "three", "", "four");
    assertThat(UntrustedText.wrapped("aaaaaaaaaa", 4)).containsExactly("aaaa", "aaaa", "aa");
    assertThat(UntrustedText.wrapped("@|red x|@", 20)).containsExactly("@|red x|@");
  }
}
