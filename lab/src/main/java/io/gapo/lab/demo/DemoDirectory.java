package io.gapo.lab.demo;

import io.gapo.broker.EmbeddedBroker;
import io.gapo.core.port.ForUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a demo keeps what it needs to go on after a stop: Kafka's records and the checkpoints. */
public record DemoDirectory(Path root) {

  /** Says that the directory is a demo's, so that emptying it is safe. */
  private static final String MARKER = "gapo-demo";

  /** Names the directory of the policy that training started from. */
  private static final String POLICY = "policy";

  public Path kafka() {
    return root.resolve("kafka");
  }

  public Path checkpoints() {
    return root.resolve("checkpoints");
  }

  /**
   * Makes the directory if need be.
   *
   * @throws NotADemoDirectoryException if there is something else
   */
  public void prepare() throws IOException {
    if (Files.isDirectory(root) && !isDemo() && !isEmpty()) {
      throw new NotADemoDirectoryException(root);
    }
    Files.createDirectories(root);
    if (!isDemo()) {
      Files.writeString(root.resolve(MARKER), "Made by 'gapo demo'; --fresh deletes it.\n");
    }
  }

  /**
   * Keeps the directory for runs that start from one policy: a checkpoint of another would not fit.
   *
   * @throws AnotherPolicyException if an earlier run started from another one
   */
  public void claim(Path policy) throws IOException {
    Path file = root.resolve(POLICY);
    String claimed = policy.toAbsolutePath().normalize().toString();
    if (!Files.exists(file)) {
      Files.writeString(file, claimed);
    } else if (!Files.readString(file).equals(claimed)) {
      throw new AnotherPolicyException(root, Files.readString(file));
    }
  }

  /**
   * Deletes all that a demo left.
   *
   * @throws NotADemoDirectoryException if the directory is none that a demo made
   * @throws io.gapo.broker.BrokerStartException if a demo is running in it
   */
  public void empty() throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    if (!isDemo() && !isEmpty()) {
      throw new NotADemoDirectoryException(root);
    }
    EmbeddedBroker.requireUnused(kafka());
    List<Path> deepestFirst;
    try (Stream<Path> all = Files.walk(root)) {
      deepestFirst = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path path : deepestFirst) {
      Files.delete(path);
    }
  }

  private boolean isDemo() {
    return Files.isRegularFile(root.resolve(MARKER));
  }

  private boolean isEmpty() {
    try (Stream<Path> files = Files.list(root)) {
      return files.findAny().isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A directory holds a demo's run that started from another policy. */
  public static final class AnotherPolicyException extends RuntimeException implements ForUser {

    private static final long serialVersionUID = 1L;

    AnotherPolicyException(Path directory, String policy) {
      super(
          "%s holds a run that started from %s: name another directory with --data, or delete the"
                  .formatted(directory, policy)
              + " run with --fresh");
    }
  }

  /** A directory holds something that a demo did not make. */
  public static final class NotADemoDirectoryException extends RuntimeException implements ForUser {

    private static final long serialVersionUID = 1L;

    NotADemoDirectoryException(Path directory) {
      super(
          "%s was not made by a demo, and is left alone: name another directory with --data"
              .formatted(directory));
    }
  }
}
