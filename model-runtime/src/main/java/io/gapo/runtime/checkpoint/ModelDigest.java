package io.gapo.runtime.checkpoint;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A text that is another for every content of a model's directory, wherever that lies. */
public final class ModelDigest {

  /** Digits of a name, enough to tell a person's models apart. */
  private static final int DIGITS = 16;

  private ModelDigest() {}

  /**
   * The digest of the names and contents of a model's configuration, tokenizer and tensors.
   *
   * @throws IOException if the directory or a file cannot be read
   */
  public static String of(Path directory) throws IOException {
    List<String> parts = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(ModelDigest::counts).sorted().toList()) {
        parts.add(file.getFileName() + " " + FileDigest.sha256(file));
      }
    }
    return "model " + FileDigest.sha256(String.join("\n", parts)).substring(0, DIGITS);
  }

  private static boolean counts(Path file) {
    String name = file.getFileName().toString();
    return Files.isRegularFile(file) && (name.endsWith(".json") || name.endsWith(".safetensors"));
  }
}
