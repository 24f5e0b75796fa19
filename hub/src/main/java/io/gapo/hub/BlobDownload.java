package io.gapo.hub;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.function.LongConsumer;

/** Loads one file into the cache: goes on from what is there, and keeps only what is checked. */
final class BlobDownload {

  private static final String INCOMPLETE = ".incomplete";

  /** An attempt that brought less has made no progress. */
  private static final long PROGRESS_BYTES = 1 << 20;

  private final HubApi api;
  private final HubHttp http;
  private final Retries retries;

  BlobDownload(HubApi api, HubHttp http, Retries retries) {
    this.api = api;
    this.http = http;
    this.retries = retries;
  }

  /** Where a blob is while it is loaded. */
  static Path incomplete(Path blob) {
    return blob.resolveSibling(blob.getFileName() + INCOMPLETE);
  }

  /**
   * Bytes of a blob that are in the cache.
   *
   * @return at most its size
   */
  static long present(Path blob, long size) throws IOException {
    if (Files.isRegularFile(blob) && Files.size(blob) == size) {
      return size;
    }
    Path incomplete = incomplete(blob);
    return Files.isRegularFile(incomplete) ? Math.min(size, Files.size(incomplete)) : 0;
  }

  /**
   * Makes a blob.
   *
   * @param model at its commit
   * @param loaded hears how many of the blob's bytes there are
   * @throws HubException if what came is not what the hub said, or cannot be had
   */
  void load(HubModel model, RemoteFile file, Path blob, Progress progress, LongConsumer loaded)
      throws IOException {
    Path incomplete = incomplete(blob);
    if (Files.isRegularFile(incomplete) && Files.size(incomplete) > file.size()) {
      Files.delete(incomplete);
    }
    String what = "loading %s of %s".formatted(file.name(), model);
    retries.run(
        what,
        progress,
        new Retries.Attempt<Long>() {
          private long before;

          @Override
          public Long make() throws IOException {
            return attempt(model, file, incomplete, loaded);
          }

          @Override
          public boolean progressed() {
            long now = size(incomplete);
            boolean progressed = now - before >= PROGRESS_BYTES;
            before = now;
            return progressed;
          }
        });
    if (!file.checksum().isOf(incomplete)) {
      Files.delete(incomplete);
      throw new HubException(
          "%s does not have the checksum that %s gave, %s; what came was deleted: run it again, and if"
                  .formatted(what, model, file.checksum())
              + " that does not help, do not trust HF_ENDPOINT");
    }
    Files.move(
        incomplete, blob, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private Long attempt(HubModel model, RemoteFile file, Path incomplete, LongConsumer loaded)
      throws IOException {
    try (FileChannel channel =
        FileChannel.open(incomplete, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long present = channel.size();
      if (present < file.size()) {
        request(model, file, channel, present, loaded);
      }
      if (channel.size() < file.size()) {
        throw new IOException(
            "the answer ended after %s of %s bytes".formatted(channel.size(), file.size()));
      }
      channel.force(true);
    }
    return file.size();
  }

  private void request(
      HubModel model, RemoteFile file, FileChannel channel, long present, LongConsumer loaded)
      throws IOException {
    HttpResponse<Long> response =
        http.send(
            "GET",
            api.file(model, file.name()),
            present == 0 ? Map.of() : Map.of("Range", "bytes=%s-".formatted(present)),
            redirect -> false,
            head -> {
              long from = start(head, present);
              channel.truncate(from);
              channel.position(from);
              return new HubHttp.Target(
                  channel, file.size() - from, bytes -> loaded.accept(from + bytes));
            });
    if (response.statusCode() == 416) {
      channel.truncate(0);
      throw new IOException("it cannot go on after %s bytes".formatted(present));
    }
    api.requireOk(model, file.name(), response);
  }

  /** Servers may send the whole instead of the rest. */
  private static long start(HttpResponse.ResponseInfo head, long present) throws IOException {
    if (head.statusCode() != 206) {
      return 0;
    }
    String range = head.headers().firstValue("Content-Range").orElse("");
    if (!range.startsWith("bytes %s-".formatted(present))) {
      throw new IOException(
          "asked for what follows %s bytes, it sends %s".formatted(present, range));
    }
    return present;
  }

  private static long size(Path file) {
    try {
      return Files.isRegularFile(file) ? Files.size(file) : 0;
    } catch (IOException e) {
      return 0; // Then there is no progress.
    }
  }
}
