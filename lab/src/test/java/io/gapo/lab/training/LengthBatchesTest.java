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

    List<List<Integer>> batches =
        LengthBatches.of(count, index -> index, batchSize, new Random(seed));

    assertThat(batches).allMatch(batch -> batch.size() <= batchSize && !batch.isEmpty());
    assertThat(batches.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(IntStream.range(0, count).boxed().toList());
  }

  @Test
  void keepSimilarLengthsTogether() {
    List<List<Integer>> batches = LengthBatches.of(64, index -> index, 4, new Random(1));

    assertThat(batches).allMatch(batch -> batch.get(3) - batch.get(0) == 3);
  }

  @Cases(100)
  void microBatchesHoldTheBatchWithinTheirTokens(Draw draw) {
    int rows = draw.between(1, 2);
    int tokens = draw.between(1, 60);
    List<Integer> batch = IntStream.range(0, draw.between(0, 20)).boxed().toList();

    List<List<Integer>> parts = LengthBatches.microBatches(batch, index -> index + 1, rows, tokens);

    assertThat(parts.stream().flatMap(List::stream)).containsExactlyElementsOf(batch);
    assertThat(parts)
        .allMatch(
            part ->
                part.size() == 1 || part.size() * rows * (part.get(part.size() - 1) + 1) <= tokens);
  }
}
