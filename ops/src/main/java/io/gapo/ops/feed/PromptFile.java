package io.gapo.ops.feed;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * A file of prompts: Parquet by its name or its first bytes, else a JSON object a line, in gzip or
 * not.
 *
 * @param path of the file
 */
public record PromptFile(Path path) {

  private static final byte[] PARQUET = {'P', 'A', 'R', '1'};
  private static final byte[] GZIP = {0x1f, (byte) 0x8b};

  /**
   * Opens the file at its first row.
   *
   * @param columns that are read, where the file has columns
   * @throws IOException if it cannot be read
   */
  public RowSource open(Set<String> columns) throws IOException {
    requireNoDirectory();
    if (isParquet()) {
      return ParquetRows.open(path, columns);
    }
    InputStream bytes = new BufferedInputStream(Files.newInputStream(path));
    return new InputLines(
        startsWith(GZIP) ? new BufferedInputStream(new GZIPInputStream(bytes)) : bytes);
  }

  /**
   * Opens the file at its first line, whatever its lines are.
   *
   * @throws IOException if it cannot be read
   */
  public RowSource openLines() throws IOException {
    requireNoDirectory();
    return new InputLines(new BufferedInputStream(Files.newInputStream(path)));
  }

  private void requireNoDirectory() throws UnreadableFileException {
    if (Files.isDirectory(path)) {
      throw new UnreadableFileException(path + " is a directory: name a file of prompts");
    }
  }

  private boolean isParquet() throws IOException {
    return path.toString().toLowerCase(Locale.ROOT).endsWith(".parquet") || startsWith(PARQUET);
  }

  private boolean startsWith(byte[] magic) throws IOException {
    // A pipe can be read only once, and has a name of a file.
    if (!Files.isRegularFile(path)) {
      return false;
    }
    try (InputStream bytes = Files.newInputStream(path)) {
      return Arrays.equals(bytes.readNBytes(magic.length), magic);
    }
  }
}
