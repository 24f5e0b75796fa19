package io.gapo.broker;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/** A broker in a process of its own, for a test that kills it: prints where it listens. */
final class BrokerProcess {

  private BrokerProcess() {}

  public static void main(String[] arguments) throws InterruptedException {
    try (EmbeddedBroker broker = EmbeddedBroker.open(Path.of(arguments[0]), 0)) {
      System.out.println(broker.bootstrapServers());
      new CountDownLatch(1).await();
    }
  }
}
