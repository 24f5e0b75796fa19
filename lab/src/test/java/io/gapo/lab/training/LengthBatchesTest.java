package io.gapo.lab.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class LengthBatchesTest {

  @Property(tries = 100)
  void holdEveryExampleOnce(
      @ForAll @IntRange(max = 300) int count,
      @ForAll @IntRange(min = 1, max = 9) int batchSize,
      @ForAll long seed) {
    List<Integer> examples = IntStream.range(0, count).boxed().toList();

    List<List<Integer>> batches =
        LengthBatches.of(examples, length -> length, batchSize, new Random(seed));

    assertThat(batches).allMatch(batch -> batch.size() <= batchSize && !batch.isEmpty());
    assertThat(batches.stream().flatMap(List::stream))
        .containsExactlyInAnyOrderElementsOf(examples);
  }

  @Example
  void keepSimilarLengthsTogether() {
    List<Integer> examples = IntStream.range(0, 64).boxed().toList();

    List<List<Integer>> batches = LengthBatches.of(examples, length -> length, 4, new Random(1));

    assertThat(batches).allMatch(batch -> batch.get(3) - batch.get(0) == 3);
    assertThat(LengthBatches.inOrderOfLength(List.of(3, 1, 2), length -> length, 2))
        .containsExactly(List.of(1, 2), List.of(3));
  }
}
