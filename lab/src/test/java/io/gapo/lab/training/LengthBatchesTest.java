package io.gapo.lab.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LengthBatchesTest {

  @Cases(100)
  void holdEveryExampleOnce(Draw draw) {
    int count = draw.between(0, 300);
    int batchSize = draw.between(1, 9);
    long seed = draw.anyLong();
    List<Integer> examples = IntStream.range(0, count).boxed().toList();

    List<List<Integer>> batches =
        LengthBatches.of(examples, length -> length, batchSize, new Random(seed));

    assertThat(batches).allMatch(batch -> batch.size() <= batchSize && !batch.isEmpty());
    assertThat(batches.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(examples);
  }

  @Test
  void keepSimilarLengthsTogether() {
    List<Integer> examples = IntStream.range(0, 64).boxed().toList();

    List<List<Integer>> batches = LengthBatches.of(examples, length -> length, 4, new Random(1));

    assertThat(batches).allMatch(batch -> batch.get(3) - batch.get(0) == 3);
    assertThat(LengthBatches.inOrderOfLength(List.of(3, 1, 2), length -> length, 2))
        .containsExactly(List.of(1, 2), List.of(3));
  }
}
