package io.gapo.runtime.text;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * A byte-level byte-pair tokenizer with seven merges, learned from "the cat and the hat and the
 * bat". It adds no tokens of its own accord.
 */
public final class TinyTokenizer {

  public static final String BEGIN = "<s>";
  public static final String END = "</s>";
  public static final int BEGIN_ID = 1;
  public static final int END_ID = 2;

  private static final String RESOURCE = "tiny-tokenizer.json";

  private TinyTokenizer() {}

  /** Writes it to a model's directory. */
  public static void write(Path directory) {
    try (InputStream file =
        Objects.requireNonNull(TinyTokenizer.class.getResourceAsStream(RESOURCE))) {
      Files.write(directory.resolve(TextCodec.FILE), file.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
