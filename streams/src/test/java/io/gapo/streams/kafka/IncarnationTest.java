package io.gapo.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class IncarnationTest {

  private int asked;
  private final Incarnation incarnation =
      new Incarnation(() -> CompletableFuture.completedFuture("id " + ++asked));

  @Test
  void isAskedForOnceWhileOffsetsRise() {
    assertThat(id(0, 5)).isEqualTo("id 1");
    assertThat(id(0, 6)).isEqualTo("id 1");
    assertThat(id(0, 90)).isEqualTo("id 1");
  }

  @Test
  void isAskedForAgainWhereAPartitionBeginsAgain() {
    id(0, 5);
    id(0, 6);

    assertThat(id(0, 0)).isEqualTo("id 2");
    assertThat(id(0, 1)).isEqualTo("id 2");
  }

  @Test
  void isAskedForAgainWhereAPartitionIsNew() {
    id(0, 5);

    assertThat(id(1, 9)).isEqualTo("id 2");
    assertThat(id(0, 6)).isEqualTo("id 2");
  }

  private String id(int partition, long offset) {
    return incarnation.of(partition, offset).toCompletableFuture().join();
  }
}
