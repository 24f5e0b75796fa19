package io.gapo.lab.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import org.junit.jupiter.api.Test;

class HtmlTest {

  @Test
  void escapesWhatWouldBeMarkup() {
    assertThat(Html.text("<b>\"R&D's\"</b>").markup())
        .isEqualTo("&lt;b&gt;&quot;R&amp;D&#39;s&quot;&lt;/b&gt;");
    assertThat(Html.text("x").in("p", "title", "\" onclick=\"y").markup())
        .isEqualTo("<p title=\"&quot; onclick=&quot;y\">x</p>");
  }

  @Test
  void showsCharactersThatSteerTextAsReplacementMarks() {
    assertThat(Html.text("a\u0000b\u202ec\u2066d\u001b[2Je\ud800").markup())
        .isEqualTo("a\ufffdb\ufffdc\ufffdd\ufffd[2Je\ufffd");
    assertThat(Html.text("one\n\ttwo ± 3 − λ 😀").markup()).isEqualTo("one\n\ttwo ± 3 − λ 😀");
  }

  @Cases
  void noTextIsEverMarkup(Draw draw) {
    String text = draw.text(255);
    String markup = Html.text(text).markup();

    assertThat(markup).doesNotContainPattern("[<>\"']");
    assertThat(markup.replaceAll("&(amp|lt|gt|quot|#39);", "")).doesNotContain("&");
  }
}
