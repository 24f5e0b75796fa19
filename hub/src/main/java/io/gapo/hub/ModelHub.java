package io.gapo.hub;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fetches models by name into the hub's cache: safetensors, tokenizer and configurations, each
 * once.
 *
 * <p>What was interrupted goes on from where it stopped, and what came is checked before it counts.
 * If the hub cannot be reached, what the cache has of the revision is used.
 */
public final class ModelHub {

  private static final Duration STALL = Duration.ofSeconds(60);

  private final HubSettings settings;
  private final Disk disk;
  private final HubApi api;
  private final BlobDownload download;

  /** How much room there is. */
  interface Disk {
    /** Bytes that can be written to a directory. */
    long free(Path directory) throws IOException;
  }

  ModelHub(HubSettings settings, Retries retries, Duration stall, Disk disk) {
    HubHttp http = new HubHttp(settings, stall);
    this.settings = settings;
    this.disk = disk;
    this.api = new HubApi(settings, http, retries);
    this.download = new BlobDownload(api, http, retries);
  }

  /**
   * The hub that the environment names, as {@code huggingface_hub} understands it: {@code
   * HF_ENDPOINT}, {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code HF_TOKEN}, {@code HF_HUB_OFFLINE}.
   *
   * @throws HubException naming the variable that cannot be used
   */
  public static ModelHub fromEnvironment(Map<String, String> environment) {
    return new ModelHub(
        HubSettings.from(environment),
        Retries.DEFAULT,
        STALL,
        directory -> Files.getFileStore(directory).getUsableSpace());
  }

  /**
   * Has a model in the cache, by loading what is not there yet.
   *
   * @throws HubException if it cannot be had; the message says why and what to do
   */
  public FetchedModel fetch(HubModel model, Progress progress) {
    RepositoryCache cache = new RepositoryCache(settings.cache(), model.repository());
    try {
      if (settings.offline()) {
        return cached(model, cache, "HF_HUB_OFFLINE is set: unset it", null);
      }
      HubApi.Listing listing;
      try {
        listing = api.listing(model, progress);
      } catch (HubUnreachableException e) {
        FetchedModel cached =
            cached(model, cache, e.getMessage() + ": look at network and HF_ENDPOINT", e);
        progress.note("%s; the cache has %s".formatted(e.getMessage(), cached.commit()));
        return cached;
      }
      return load(model, listing, cache, progress);
    } catch (IOException e) {
      throw new HubException(
          "%s: the cache %s cannot be used, %s: look at its permissions, or name another place in"
                  .formatted(model, cache.directory(), Retries.reason(e))
              + " HF_HOME",
          e);
    }
  }

  private static FetchedModel cached(
      HubModel model, RepositoryCache cache, String why, @Nullable Throwable cause)
      throws IOException {
    Optional<String> commit = cache.commit(model.revision());
    String missing =
        commit.isEmpty() ? "refs/" + model.revision() : cache.missing(commit.get()).orElse("");
    if (commit.isPresent() && missing.isEmpty()) {
      return new FetchedModel(model.at(commit.get()), cache.snapshot(commit.get()));
    }
    throw new HubException(
        "%s is not whole in the cache %s, which lacks %s, and %s; or name a directory that has the"
                .formatted(model, cache.directory(), missing, why)
            + " model",
        cause);
  }

  private FetchedModel load(
      HubModel model, HubApi.Listing listing, RepositoryCache cache, Progress progress)
      throws IOException {
    HubModel resolved = listing.model();
    String commit = resolved.revision();
    List<String> files = ModelFiles.choose(model, listing.files());
    RepositoryLock.holding(
        cache.lockFile(),
        () -> progress.note("waiting for another process that fetches it"),
        () -> {
          List<RemoteFile> lacking = new ArrayList<>();
          for (String file : files) {
            if (!cache.has(commit, file)) {
              lacking.add(api.describe(resolved, file, progress));
            }
          }
          loadAll(resolved, lacking, cache, progress);
          for (RemoteFile file : lacking) {
            cache.link(commit, file);
          }
          cache.writeRef(model.revision(), commit);
        });
    return new FetchedModel(resolved, cache.snapshot(commit));
  }

  private void loadAll(
      HubModel model, List<RemoteFile> files, RepositoryCache cache, Progress progress)
      throws IOException {
    Files.createDirectories(cache.blobs());
    long total = 0;
    long present = 0;
    for (RemoteFile file : files) {
      total += file.size();
      present += BlobDownload.present(cache.blob(file.checksum()), file.size());
    }
    requireRoom(model, total - present, cache);
    if (total > present) {
      progress.note(
          "loading %s files, %s of %s, into %s"
              .formatted(
                  files.size(),
                  ProgressLines.size(total - present),
                  ProgressLines.size(total),
                  cache.directory()));
    }
    long done = 0;
    for (RemoteFile file : files) {
      Path blob = cache.blob(file.checksum());
      if (!Files.isRegularFile(blob) || Files.size(blob) != file.size()) {
        long before = done;
        long all = total;
        download.load(
            model,
            file,
            blob,
            progress,
            bytes -> progress.advanced(file.name(), before + bytes, all));
      }
      done += file.size();
    }
  }

  private void requireRoom(HubModel model, long needed, RepositoryCache cache) throws IOException {
    long free = disk.free(cache.blobs());
    if (needed > free) {
      throw new HubException(
          "%s needs %s more in %s, where %s are free: make room, or name another place in HF_HOME"
              .formatted(
                  model, ProgressLines.size(needed), cache.directory(), ProgressLines.size(free)));
    }
  }
}
