package io.gapo.lab.cli;

import io.gapo.broker.EmbeddedBroker;
import io.gapo.ops.cli.StopSignal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gapo broker}: a Kafka broker of its own process, to try the stages as processes. */
@Command(
    name = "broker",
    description = "Runs one Kafka broker on loopback until Ctrl-C: for trying things out.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class BrokerCommand implements Callable<Integer> {

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Where the records are kept (default: ${DEFAULT-VALUE}).",
      defaultValue = "data/broker")
  private Path data = Path.of("data", "broker");

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Port of the broker (default: ${DEFAULT-VALUE}).",
      defaultValue = "9092")
  private int port;

  @Spec private @Nullable CommandSpec spec;

  @SuppressWarnings("try") // What is opened works by being open.
  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    CountDownLatch stopped = new CountDownLatch(1);
    try (EmbeddedBroker broker = EmbeddedBroker.open(data, port)) {
      out.println(
          "Kafka at %s, data in %s; Ctrl-C stops it"
              .formatted(broker.bootstrapServers(), broker.dataDirectory()));
      out.flush();
      try (StopSignal signal = StopSignal.onInterrupt(stopped::countDown)) {
        stopped.await();
      }
    }
    return ExitCode.OK;
  }
}
