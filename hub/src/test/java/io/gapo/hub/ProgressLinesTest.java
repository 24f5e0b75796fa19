package io.gapo.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLinesTest {

  private final AtomicLong nanoTime = new AtomicLong();
  private final List<String> lines = new ArrayList<>();
  private final ProgressLines progress =
      new ProgressLines(new HubModel("org/name", "main"), lines::add, nanoTime::get);

  @Test
  void saysEveryTenth() {
    for (int percent = 0; percent <= 100; percent++) {
      progress.advanced("model.safetensors", percent * 10_000_000L, 1_000_000_000L);
    }

    assertThat(lines)
        .hasSize(10)
        .contains("org/name@main: 40 % of 1.0 GB, at model.safetensors")
        .last()
        .isEqualTo("org/name@main: 100 % of 1.0 GB, at model.safetensors");
  }

  @Test
  void speaksEveryFewSecondsHoweverSlowlyBytesCome() {
    for (int second = 1; second <= 20; second++) {
      nanoTime.set(Duration.ofSeconds(second).toNanos());
      progress.advanced("model.safetensors", second, 1_000_000_000L);
    }

    assertThat(lines).hasSize(4).allMatch(line -> line.contains("0 % of 1.0 GB"));
  }
}
