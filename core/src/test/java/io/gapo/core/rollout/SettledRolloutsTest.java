package io.gapo.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SettledRolloutsTest {

  private final SettledRollouts settled = new SettledRollouts();

  @Test
  void saysWhetherARolloutIsNew() {
    assertThat(settled.add("p#0")).isTrue();
    assertThat(settled.add("p#0")).isFalse();
    assertThat(settled.add("p#1")).isTrue();

    assertThat(settled.size()).isEqualTo(2);
    assertThat(settled.contains("p#1")).isTrue();
    assertThat(settled.contains("p#2")).isFalse();
    assertThat(settled.contains("q#0")).isFalse();
  }

  @Test
  void forgetsNothingHoweverLongARunIs() {
    IntStream.range(0, 100_000).forEach(prompt -> settled.add("p" + prompt + "#0"));

    assertThat(settled.size()).isEqualTo(100_000);
    assertThat(IntStream.range(0, 100_000)).allMatch(i -> settled.contains("p" + i + "#0"));
    assertThat(IntStream.range(0, 100_000)).noneMatch(i -> settled.contains("p" + i + "#1"));
    assertThat(IntStream.range(100_000, 200_000)).noneMatch(i -> settled.contains("p" + i + "#0"));
  }

  @Test
  void tellsAnyNumberOfSamplesOfAPromptApart() {
    IntStream.range(0, 1000).filter(i -> i % 3 == 0).forEach(i -> settled.add("p#" + i));

    assertThat(IntStream.range(0, 1000).filter(i -> settled.contains("p#" + i)))
        .allMatch(i -> i % 3 == 0)
        .hasSize(334);
  }

  @Test
  void takesIdsOfAnyForm() {
    List<String> ids =
        List.of("", "#", "#0", "p", "p#", "p#00", "p#01", "p#-1", "p#+1", "p#9999999999", "p#0#x");

    ids.forEach(
        id -> {
          assertThat(settled.add(id)).as(id).isTrue();
          assertThat(settled.add(id)).as(id).isFalse();
        });

    assertThat(ids).allMatch(settled::contains);
    assertThat(IntStream.range(0, 100)).noneMatch(i -> settled.contains("p#" + i));
  }

  @Cases(20)
  void knowsExactlyWhatWasAdded(Draw draw) {
    Random random = new Random(draw.anyLong());
    SettledRollouts all = new SettledRollouts();
    Set<String> expected = new HashSet<>();
    for (int turn = 0; turn < 5_000; turn++) {
      String id = Rollout.id("prompt " + random.nextInt(400), random.nextInt(80));
      assertThat(all.contains(id)).isEqualTo(expected.contains(id));
      assertThat(all.add(id)).isEqualTo(expected.add(id));
    }

    assertThat(all.size()).isEqualTo(expected.size());
    assertThat(SettledRollouts.of(expected).size()).isEqualTo(expected.size());
  }
}
