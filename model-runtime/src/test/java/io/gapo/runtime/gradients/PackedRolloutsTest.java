package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PackedRolloutsTest {

  @Test
  void padsOnTheRightAndPointsOneBeforeEachResponseToken() {
    List<PackedRollouts> packs =
        PackedRollouts.pack(
            List.of(rollout(new int[] {1, 2}, 3, 4, 5), rollout(new int[] {6}, 7)), 100);

    assertThat(packs).hasSize(1);
    PackedRollouts pack = packs.get(0);
    assertThat(pack.members()).containsExactly(1, 0);
    assertThat(pack.length()).isEqualTo(5);
    assertThat(pack.tokens()).containsExactly(6, 7, 0, 0, 0, 1, 2, 3, 4, 5);
    assertThat(pack.positions()).containsExactly(0, 6, 7, 8);
    assertThat(pack.targets()).containsExactly(7, 3, 4, 5);
  }

  @Test
  void endsAPackThatIsLargeEnoughBeforeItIsPaddedMuch() {
    List<Rollout> batch = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      batch.add(rollout(new int[] {1}, new int[99]));
      batch.add(rollout(new int[] {1}, new int[199]));
    }

    List<PackedRollouts> packs = PackedRollouts.pack(batch, 8192);

    assertThat(packs).extracting(PackedRollouts::length).containsExactly(100, 200);
    assertThat(packs).allMatch(pack -> pack.members().size() == 16);
  }

  @Cases(200)
  void packsEveryRolloutOnceWithinTheLimit(Draw draw) {
    List<Integer> lengths = draw.list(1, 20, () -> draw.between(1, 9));
    int limit = draw.between(1, 60);
    List<Rollout> batch = lengths.stream().map(n -> rollout(new int[] {1}, new int[n])).toList();

    List<PackedRollouts> packs = PackedRollouts.pack(batch, limit);

    List<Integer> members = new ArrayList<>();
    for (PackedRollouts pack : packs) {
      members.addAll(pack.members());
      assertThat(pack.members().size() == 1 || pack.tokens().length <= limit).isTrue();
    }
    assertThat(members)
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, batch.size()).boxed().toList());
  }

  private static Rollout rollout(int[] prompt, int... response) {
    return new Rollout(
        "p",
        0,
        "prompt",
        "response",
        prompt,
        response,
        new float[response.length],
        new long[response.length],
        FinishReason.LENGTH,
        1);
  }
}
