package io.gapo.ops.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code gapo version}: what this is, and what it stands on. */
@Command(
    name = "version",
    description = "Prints the version, and the versions of the libraries that it uses.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionCommand.class)
final class VersionCommand implements Runnable, IVersionProvider {

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    Objects.requireNonNull(spec).commandLine().printVersionHelp(spec.commandLine().getOut());
  }

  @Override
  public String[] getVersion() {
    Properties versions = versions();
    return new String[] {
      "gapo " + versions.getProperty("version"),
      "Java " + Runtime.version(),
      "Kafka " + versions.getProperty("kafka"),
      "Akka " + versions.getProperty("akka"),
      "DJL %s with PyTorch %s"
          .formatted(versions.getProperty("djl"), versions.getProperty("pytorch"))
    };
  }

  private static Properties versions() {
    Properties versions = new Properties();
    try (InputStream file =
        Objects.requireNonNull(VersionCommand.class.getResourceAsStream("version.properties"))) {
      versions.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return versions;
  }
}
