package io.gapo.broker;

import io.gapo.core.files.DirectoryLock;
import io.gapo.core.port.Failures;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka broker and its controller (KRaft) in this JVM, reachable from this machine only.
 *
 * <p>Records survive {@link #close}, and a kill of the process too: what the broker acknowledged is
 * then in the operating system's page cache. A power failure may lose the newest.
 *
 * <p>Uses Kafka's internal classes, which is why no other class may: they are those of the Kafka
 * version that the root pom pins.
 */
public final class EmbeddedBroker implements AutoCloseable {

  /** The largest batch of records, in bytes, that the broker takes. */
  public static final int MAX_RECORD_BYTES = 16 << 20;

  private static final String HOST = "127.0.0.1";
  private static final int NODE_ID = 1;
  private static final String LOCK_FILE = "embedded-broker.lock";
  private static final int ATTEMPTS_TO_FIND_PORTS = 3;

  private final Path dataDirectory;
  private final int port;

  private final DirectoryLock lock;
  private final KafkaRaftServer server;

  private EmbeddedBroker(Path dataDirectory, int port, DirectoryLock lock, KafkaRaftServer server) {
    this.dataDirectory = dataDirectory;
    this.port = port;
    this.lock = lock;
    this.server = server;
  }

  /**
   * Starts a broker and returns when it takes requests, after about 3 s in a cold JVM.
   *
   * @param dataDirectory made if missing; locked until {@link #close}
   * @param port on the loopback interface; 0 for any free one
   * @throws BrokerStartException if the directory or the port is in use, or Kafka does not start
   */
  public static EmbeddedBroker open(Path dataDirectory, int port) {
    Path directory = dataDirectory.toAbsolutePath().normalize();
    requireUsable(directory, port);
    DirectoryLock lock = lock(directory);
    try {
      format(directory);
      for (int attempt = 1; ; attempt++) {
        int brokerPort = port == 0 ? freePort() : port;
        try {
          return new EmbeddedBroker(directory, brokerPort, lock, start(directory, brokerPort));
        } catch (PortTakenException e) {
          // Another process may take a free port before Kafka does.
          if (attempt == ATTEMPTS_TO_FIND_PORTS) {
            throw failure(directory, e);
          }
        }
      }
    } catch (IOException e) {
      lock.close();
      throw failure(directory, e);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Looks whether no broker runs in a data directory.
   *
   * @param dataDirectory made if missing
   * @throws BrokerStartException if one does; the message says which process
   */
  public static void requireUnused(Path dataDirectory) {
    lock(dataDirectory.toAbsolutePath().normalize()).close();
  }

  /** What Kafka clients call {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return HOST + ":" + port;
  }

  /** Where the records are. */
  public Path dataDirectory() {
    return dataDirectory;
  }

  /** Stops the broker, writes everything to disk and frees the directory. Harmless if repeated. */
  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
    lock.close();
  }

  private static void requireUsable(Path directory, int port) {
    if (directory.toString().contains(",")) {
      throw new BrokerStartException(
          "the broker's data directory %s has a comma in its name, which Kafka takes for a list:"
                  .formatted(directory)
              + " name another directory",
          null);
    }
    if (port < 0 || port > 65_535) {
      throw new BrokerStartException("the broker's port must be 0 to 65535, was " + port, null);
    }
    if (port != 0) {
      requireFree(port);
    }
  }

  private static void requireFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      if (socket.getLocalPort() != port) {
        throw new IllegalStateException("asked for port " + port);
      }
    } catch (IOException e) {
      throw new BrokerStartException(
          "port %s of %s is in use: stop what listens there, or choose another port (0 is any)"
              .formatted(port, HOST),
          e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /**
   * A free port other than this one, which stays bound meanwhile: the system may hand out the same
   * port twice.
   *
   * @throws BindException if this port is in use
   */
  static int freePortBeside(int port) throws IOException {
    try (ServerSocket held = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      int other = freePort();
      if (other == held.getLocalPort()) {
        throw new BindException("port %s was handed out while bound".formatted(other));
      }
      return other;
    }
  }

  /** Prepares an empty directory; leaves one that holds records alone. */
  private static void format(Path directory) {
    // Written last, and atomically: a directory without it was never a whole one.
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    try {
      new Formatter()
          .setNodeId(NODE_ID)
          .setClusterId(Uuid.randomUuid().toString())
          .addDirectory(directory.toString())
          .setMetadataLogDirectory(directory.toString())
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName("CONTROLLER")
          .setPrintStream(
              new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
          .run();
    } catch (Exception e) { // declared so by Kafka
      throw failure(directory, e);
    }
  }

  private static KafkaRaftServer start(Path directory, int port) throws IOException {
    KafkaRaftServer server = null;
    try {
      int controllerPort = freePortBeside(port);
      KafkaConfig config = KafkaConfig.fromProps(settings(directory, port, controllerPort), false);
      server = new KafkaRaftServer(config, Time.SYSTEM);
      server.startup();
      return server;
    } catch (BindException e) {
      throw new PortTakenException(e);
    } catch (RuntimeException e) {
      shutDownHalfStarted(server, e);
      if (hasCause(e, BindException.class)) {
        throw new PortTakenException(e);
      }
      throw failure(directory, e);
    }
  }

  private static void shutDownHalfStarted(@Nullable KafkaRaftServer server, RuntimeException why) {
    if (server == null) {
      return;
    }
    try {
      server.shutdown();
    } catch (RuntimeException e) {
      why.addSuppressed(e);
    }
  }

  private static DirectoryLock lock(Path directory) {
    try {
      return DirectoryLock.take(
          directory,
          LOCK_FILE,
          process ->
              new BrokerStartException(
                  "the broker's data directory %s is in use by %s: stop that one first, or name another directory"
                      .formatted(
                          directory, process.map(id -> "process " + id).orElse("another process")),
                  null));
    } catch (IOException e) {
      throw new BrokerStartException(
          "cannot write to the broker's data directory %s (%s): name another, or fix its permissions"
              .formatted(directory, e),
          e);
    }
  }

  private static boolean hasCause(Throwable failure, Class<? extends Throwable> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return true;
      }
    }
    return false;
  }

  private static BrokerStartException failure(Path directory, Throwable cause) {
    return new BrokerStartException(
        "the embedded broker does not start on %s: %s. If the directory is damaged, move it away"
                .formatted(directory, Failures.rootReason(cause))
            + " to start with an empty one",
        cause);
  }

  private static Properties settings(Path directory, int port, int controllerPort) {
    Properties settings = new Properties();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", Integer.toString(NODE_ID));
    // A static quorum: the controller's port may then differ from start to start.
    settings.put("controller.quorum.voters", "%s@%s:%s".formatted(NODE_ID, HOST, controllerPort));
    settings.put(
        "listeners",
        "PLAINTEXT://%s:%s,CONTROLLER://%s:%s".formatted(HOST, port, HOST, controllerPort));
    settings.put("advertised.listeners", "PLAINTEXT://%s:%s".formatted(HOST, port));
    settings.put("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "PLAINTEXT");
    settings.put("log.dirs", directory.toString());
    singleNode(settings);
    smallFootprint(settings);
    largeRecords(settings);
    keepEverything(settings);
    return settings;
  }

  private static void singleNode(Properties settings) {
    for (String log : new String[] {"transaction.state.log", "share.coordinator.state.topic"}) {
      settings.put(log + ".replication.factor", "1");
      settings.put(log + ".min.isr", "1");
      settings.put(log + ".num.partitions", "1");
    }
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("auto.create.topics.enable", "false");
    // A broker that was killed may register again only when its old session has ended.
    settings.put("broker.session.timeout.ms", "6000");
  }

  private static void smallFootprint(Properties settings) {
    settings.put("num.network.threads", "2");
    settings.put("num.io.threads", "4");
    settings.put("background.threads", "2");
    settings.put("num.recovery.threads.per.data.dir", "1");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(2 << 20));
    settings.put("log.segment.bytes", Integer.toString(64 << 20));
    settings.put("log.index.size.max.bytes", Integer.toString(1 << 20));
  }

  private static void largeRecords(Properties settings) {
    settings.put("message.max.bytes", Integer.toString(MAX_RECORD_BYTES));
    settings.put("replica.fetch.max.bytes", Integer.toString(MAX_RECORD_BYTES));
    settings.put("socket.request.max.bytes", Integer.toString(8 * MAX_RECORD_BYTES));
  }

  /** A run may rest for months and then continue: topics that may forget say so themselves. */
  private static void keepEverything(Properties settings) {
    settings.put("log.retention.ms", "-1");
    settings.put("offsets.retention.minutes", Integer.toString(10 * 365 * 24 * 60));
  }

  /** A port that was free a moment ago is not. */
  private static final class PortTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PortTakenException(Exception cause) {
      super(cause);
    }
  }
}
