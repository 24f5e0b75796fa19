package io.gapo.hub;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model's name on the hub, as in {@code Qwen/Qwen2.5-0.5B-Instruct@main}.
 *
 * @param repository organization and name, with a slash between
 * @param revision a branch, a tag or a commit
 */
public record HubModel(String repository, String revision) {

  /** Where a name says no other. */
  public static final String DEFAULT_REVISION = "main";

  private static final int LONGEST = 256;

  private static final Pattern REPOSITORY =
      Pattern.compile("([A-Za-z0-9][\\w.-]{0,95})/[A-Za-z0-9_][\\w.-]{0,95}");

  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][\\w./+-]*");

  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  private static final Pattern SNAPSHOT =
      Pattern.compile(".*/models--([^/]+?)--([^/]+)/snapshots/([0-9a-f]{40})/?");

  public HubModel {
    if (!REPOSITORY.matcher(repository).matches() || repository.matches(".*(\\.\\.|--).*")) {
      throw new IllegalArgumentException(
          "repository must be ORGANIZATION/NAME, was '%s'".formatted(repository));
    }
    if (!REVISION.matcher(revision).matches()
        || revision.length() > LONGEST
        || revision.contains("..")
        || revision.contains("//")
        || revision.endsWith("/")) {
      throw new IllegalArgumentException(
          "revision must be a branch, a tag or a commit, was '%s'".formatted(revision));
    }
  }

  /**
   * What a text names, where a directory may stand as well.
   *
   * @return empty if it is a directory, would lie in one that is there, or cannot be a name
   */
  public static Optional<HubModel> parse(String text) {
    String repository = repository(text);
    if (!REPOSITORY.matcher(repository).matches() || directoryOfOrganization(text).isPresent()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new HubModel(
              repository,
              repository.equals(text)
                  ? DEFAULT_REVISION
                  : text.substring(repository.length() + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String repository(String text) {
    int at = text.indexOf('@');
    return at < 0 ? text : text.substring(0, at);
  }

  /**
   * Why {@link #parse} reads a text that could be a name as a path.
   *
   * @return the directory with the organization's name; empty if there is none, or the text cannot
   *     be a name
   */
  public static Optional<Path> directoryOfOrganization(String text) {
    Matcher name = REPOSITORY.matcher(repository(text));
    return name.matches()
        ? Optional.of(Path.of(name.group(1))).filter(Files::isDirectory)
        : Optional.empty();
  }

  /**
   * Which model a directory of a cache holds, at which commit.
   *
   * @return empty if the directory is no snapshot in a cache
   */
  public static Optional<HubModel> ofSnapshot(Path directory) {
    Matcher snapshot = SNAPSHOT.matcher(directory.toAbsolutePath().normalize().toString());
    if (!snapshot.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new HubModel(snapshot.group(1) + "/" + snapshot.group(2), snapshot.group(3)));
  }

  /** The same model at a commit. */
  HubModel at(String commit) {
    return new HubModel(repository, commit);
  }

  static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  @Override
  public String toString() {
    return repository + "@" + revision;
  }
}
