package io.gapo.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class CasesTest {

  private static final List<Long> DRAWN = new ArrayList<>();

  @Cases
  void runsTheMethodForEachCase(Draw draw) {
    DRAWN.add(draw.anyLong());
  }

  @AfterAll
  static void ranAThousandCasesThatDiffer() {
    assertThat(DRAWN).hasSize(1000);
    assertThat(DRAWN.stream().distinct()).hasSizeGreaterThan(800);
  }

  @Test
  void everyRunChecksTheSameCases() {
    List<Integer> once = new ArrayList<>();
    List<Integer> again = new ArrayList<>();

    CasesExtension.check(200, draw -> once.add(draw.between(0, 1 << 20)));
    CasesExtension.check(200, draw -> again.add(draw.between(0, 1 << 20)));

    assertThat(once).hasSize(200).isEqualTo(again);
  }

  @Test
  void aFailureNamesTheSeedThatRepeatsIt() {
    List<Integer> failed = new ArrayList<>();
    Consumer<Draw> isBelow90 =
        draw -> {
          int drawn = draw.between(0, 100);
          if (drawn >= 90) {
            failed.add(drawn);
            throw new IllegalStateException("was " + drawn);
          }
        };

    Throwable failure = catchThrowable(() -> CasesExtension.check(1000, isBelow90));

    String seed = String.valueOf(failure.getMessage()).replaceAll("seed (-?\\d+) .*", "$1");
    assertThat(failure)
        .isInstanceOf(AssertionError.class)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessage("seed %s (-Dgapo.cases.seed=%s repeats it): was %d", seed, seed, failed.get(0));
    assertThat(new Draw(Long.parseLong(seed)).between(0, 100)).isEqualTo(failed.get(0));
  }

  @Test
  void evenAStackOverflowNamesItsSeed() {
    assertThatThrownBy(
            () ->
                CasesExtension.check(
                    5,
                    draw -> {
                      throw new StackOverflowError();
                    }))
        .hasMessageStartingWith("seed ")
        .hasCauseInstanceOf(StackOverflowError.class);
  }
}
