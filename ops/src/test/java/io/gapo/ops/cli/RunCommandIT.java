package io.gapo.ops.cli;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.broker.EmbeddedBroker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code gapo run} in a process of its own, which gets a signal. */
@Tag("integration")
class RunCommandIT {

  /** 128 and the number of SIGTERM. */
  private static final int TERMINATED = 143;

  @Test
  void drainsAndStopsAtASignalWithoutAWarning(@TempDir Path directory) throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.open(directory.resolve("kafka"), 0)) {
      Path settings =
          Files.writeString(
              directory.resolve("my.conf"),
              """
              gapo.kafka { bootstrap-servers = "%s", partitions = 1, connect-timeout = 2m }
              gapo.metrics.port = 0
              gapo.objectives = [{ name = brief, scored-by = reward-scorer, rule { kind = conciseness } }]
              """
                  .formatted(broker.bootstrapServers()));
      assertThat(new Shell().run("topics", "create", "--config", settings.toString())).isZero();
      Path err = directory.resolve("err");
      List<String> out = new ArrayList<>();

      // Both roles need no model.
      Process run = start(err, "--role", "mgda-combiner,reward-scorer", "--config", settings);
      try (BufferedReader output =
          new BufferedReader(new InputStreamReader(run.getInputStream(), StandardCharsets.UTF_8))) {
        out.add(String.valueOf(output.readLine()));
        // The process itself would close its output.
        run.toHandle().destroy();
        output.lines().forEach(out::add);
        assertThat(run.waitFor(5, MINUTES)).isTrue();
      } finally {
        run.destroyForcibly();
      }

      assertThat(Files.readString(err)).isEmpty();
      assertThat(run.exitValue()).isEqualTo(TERMINATED);
      assertThat(out).hasSize(2);
      assertThat(out.get(0)).contains("mgda-combiner", "Ctrl-C drains and stops");
      assertThat(out.get(1)).isEqualTo("draining");
    }
  }

  private static Process start(Path err, Object... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                Gapo.class.getName(),
                "run"));
    for (Object option : options) {
      command.add(option.toString());
    }
    return new ProcessBuilder(command).redirectError(err.toFile()).start();
  }
}
