package io.gapo.streams.collector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CollectorShareTest {

  @Test
  void everyPartitionIsOneCollectors() {
    List<Integer> partitions = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      partitions.addAll(new CollectorShare("collector-" + i, i, 3).partitions("rollouts", 7));
    }

    assertThat(partitions).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
  }

  @Test
  void needsAPartitionForEachCollector() {
    CollectorShare share = new CollectorShare("collector-0", 0, 3);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> share.partitions("rollouts", 2))
        .withMessageContaining("topic rollouts has 2 partitions, 3 gradient collectors");
  }

  @Test
  void hasANumberBelowTheNumberOfCollectors() {
    assertThatIllegalArgumentException().isThrownBy(() -> new CollectorShare("c", 2, 2));
  }
}
