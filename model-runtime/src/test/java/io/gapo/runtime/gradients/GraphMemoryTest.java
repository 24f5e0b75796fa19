package io.gapo.runtime.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.llama.LlamaConfig;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GraphMemoryTest {

  private static final LlamaConfig CONFIG = LlamaConfig.read(PpoFixture.policy());
  private static final List<PackedRollouts> PACKS = List.of(pack(4), pack(6), pack(9));

  @Test
  void keepsWhatFits() {
    long all = bytes(0) + bytes(1) + bytes(2);

    assertThat(plan(all)).containsExactly(GraphUse.KEPT, GraphUse.KEPT, GraphUse.KEPT);
  }

  @Test
  void keepsTheLastOnesAndRunsTheOthersAgain() {
    assertThat(plan(bytes(1) + bytes(2)))
        .containsExactly(GraphUse.AGAIN, GraphUse.KEPT, GraphUse.KEPT);
    assertThat(plan(bytes(1) + bytes(2) - 1))
        .containsExactly(GraphUse.AGAIN, GraphUse.AGAIN, GraphUse.KEPT);
  }

  @Test
  void runsByLayersWhatAloneIsTooLarge() {
    assertThat(plan(bytes(1))).containsExactly(GraphUse.AGAIN, GraphUse.AGAIN, GraphUse.BY_LAYERS);
    assertThat(plan(0)).containsExactly(GraphUse.BY_LAYERS, GraphUse.BY_LAYERS, GraphUse.BY_LAYERS);
  }

  @Test
  void takesLessInLessPrecision() {
    assertThat(new GraphMemory(CONFIG, DataType.BF16, 0).bytes(PACKS.get(0))).isLessThan(bytes(0));
  }

  private static List<GraphUse> plan(long limit) {
    return new GraphMemory(CONFIG, DataType.F32, limit).plan(PACKS);
  }

  private static long bytes(int pack) {
    return new GraphMemory(CONFIG, DataType.F32, 0).bytes(PACKS.get(pack));
  }

  /** One row of this many tokens, half of them the response. */
  private static PackedRollouts pack(int tokens) {
    long[] zeros = new long[tokens];
    long[] response = IntStream.range(tokens / 2, tokens).asLongStream().toArray();
    return new PackedRollouts(List.of(0), tokens, zeros, response, response);
  }
}
