package io.gapo.ops.feed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Which rows were skipped: the first of each reason in memory, and all of them in a file, as {@code
 * {"row": 7, "reason": "not-json", "detail": "..."}} a line. Thread-safe.
 */
public final class SkippedRows implements Closeable {

  private static final int REMEMBERED = 5;

  /** Why a row was skipped. */
  public interface Reason {

    /** In a word or two with dashes, {@code not-json} for instance. */
    String spelling();
  }

  private final Map<Reason, List<Long>> first = new HashMap<>();
  private final OutputStream file;

  private SkippedRows(OutputStream file) {
    this.file = file;
  }

  /** Writes no file. */
  public static SkippedRows inMemory() {
    return new SkippedRows(OutputStream.nullOutputStream());
  }

  /** Writes a file. */
  public static SkippedRows to(Path file) throws IOException {
    return new SkippedRows(new BufferedOutputStream(Files.newOutputStream(file)));
  }

  /** Notes a row. */
  public synchronized void add(long row, Reason reason, String detail) {
    List<Long> rows = first.computeIfAbsent(reason, unused -> new ArrayList<>());
    if (rows.size() < REMEMBERED) {
      rows.add(row);
    }
    ObjectNode line =
        RowJson.object().put("row", row).put("reason", reason.spelling()).put("detail", detail);
    try {
      file.write(RowJson.write(line));
      file.write('\n');
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write down which rows are skipped", e);
    }
  }

  /** Numbers of the first rows skipped for a reason. */
  public synchronized List<Long> first(Reason reason) {
    return List.copyOf(first.getOrDefault(reason, List.of()));
  }

  /** One line on those skipped for a reason: how many, and which ones first. */
  public String summary(Reason reason, long count) {
    List<Long> numbers = first(reason);
    return "%s rows %s: %s%s"
        .formatted(
            count,
            reason.spelling(),
            numbers.stream().map(String::valueOf).collect(Collectors.joining(", ")),
            count > numbers.size() ? ", ..." : "");
  }

  @Override
  public synchronized void close() throws IOException {
    file.close();
  }
}
