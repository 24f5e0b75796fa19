package io.gapo.streams.collector;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.streams.collector.PartitionOrder.Entry;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PartitionOrderTest {

  private final PartitionOrder<Integer> order = new PartitionOrder<>();

  @Test
  void letsOutWhatIsDoneWithAllBeforeIt() {
    Entry<Integer> first = order.begin(0, 10);
    Entry<Integer> second = order.begin(0, 11);
    Entry<Integer> third = order.begin(0, 12);

    assertThat(order.done(second)).isEmpty();
    assertThat(order.done(first)).containsExactly(10, 11);
    assertThat(order.done(third)).containsExactly(12);
  }

  @Test
  void doesNotLetPartitionsWaitForEachOther() {
    order.begin(0, 10);
    Entry<Integer> other = order.begin(1, 20);

    assertThat(order.done(other)).containsExactly(20);
  }

  @Test
  void keepsLittleOfWhatIsDoneBehindARecordThatIsNot() {
    Entry<Integer> waiting = order.begin(0, 0);
    for (int i = 1; i <= 10_000; i++) {
      assertThat(order.done(order.begin(0, i))).isEmpty();
    }

    assertThat(order.kept()).isLessThan(50);
    assertThat(order.done(waiting)).endsWith(10_000).startsWith(0).isSorted();
    assertThat(order.kept()).isZero();
  }

  /** Whatever the order of answers: a context comes out only after all before it are done. */
  @Cases(20)
  void neverPassesARecordThatIsNotDone(Draw draw) {
    Random random = new Random(draw.anyLong());
    PartitionOrder<Integer> records = new PartitionOrder<>();
    List<List<Entry<Integer>>> underway = List.of(new ArrayList<>(), new ArrayList<>());
    List<List<Integer>> numbers = List.of(new ArrayList<>(), new ArrayList<>());
    int[] begun = new int[2];
    int[] out = {-1, -1};
    for (int turn = 0; turn < 2_000; turn++) {
      int partition = random.nextInt(2);
      boolean begins = turn < 1_500 && random.nextBoolean();
      if (begins || underway.get(partition).isEmpty()) {
        underway.get(partition).add(records.begin(partition, begun[partition]));
        numbers.get(partition).add(begun[partition]++);
      } else {
        int which = random.nextInt(underway.get(partition).size());
        numbers.get(partition).remove(which);
        for (int context : records.done(underway.get(partition).remove(which))) {
          assertThat(context).isGreaterThan(out[partition]);
          out[partition] = context;
        }
        int oldest =
            numbers.get(partition).isEmpty()
                ? begun[partition]
                : Collections.min(numbers.get(partition));
        assertThat(out[partition]).isEqualTo(oldest - 1);
      }
    }
  }
}
