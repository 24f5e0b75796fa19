package io.gapo.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * One repository's part of the hub's cache, laid out as {@code huggingface_hub} does, so that each
 * finds what the other fetched.
 *
 * <pre>
 *   models--ORGANIZATION--NAME/
 *     refs/main                   the commit that it stood for when it was last asked for
 *     blobs/CHECKSUM              a file; with .incomplete while it is loaded
 *     snapshots/COMMIT/config.json  → ../../blobs/CHECKSUM
 * </pre>
 */
final class RepositoryCache {

  private static final String MODEL_WEIGHTS = "model.safetensors";
  private static final String ADAPTER_WEIGHTS = "adapter_model.safetensors";
  private static final String MODEL_INDEX = "model" + ModelFiles.INDEX;
  private static final long LONGEST_INDEX = 64L << 20;
  private static final int LONGEST_REF = 100;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path cache;
  private final String folder;

  RepositoryCache(Path cache, String repository) {
    this.cache = cache;
    this.folder = "models--" + repository.replace("/", "--");
  }

  Path directory() {
    return cache.resolve(folder);
  }

  Path blobs() {
    return directory().resolve("blobs");
  }

  Path blob(Checksum checksum) {
    return blobs().resolve(checksum.hex());
  }

  Path snapshot(String commit) {
    return directory().resolve("snapshots").resolve(commit);
  }

  /** Of whoever fetches; beside the locks of other programs. */
  Path lockFile() {
    return cache.resolve(".locks").resolve(folder).resolve("gapo.lock");
  }

  boolean has(String commit, String file) {
    return Files.isRegularFile(snapshot(commit).resolve(file));
  }

  /** The commit that a revision stood for when it was last asked for. */
  Optional<String> commit(String revision) throws IOException {
    if (HubModel.isCommit(revision)) {
      return Optional.of(revision);
    }
    Path ref = directory().resolve("refs").resolve(revision);
    if (!Files.isRegularFile(ref) || Files.size(ref) > LONGEST_REF) {
      return Optional.empty();
    }
    return Optional.of(Files.readString(ref).strip()).filter(HubModel::isCommit);
  }

  void writeRef(String revision, String commit) throws IOException {
    if (revision.equals(commit) || commit(revision).equals(Optional.of(commit))) {
      return;
    }
    Path ref = directory().resolve("refs").resolve(revision);
    Files.createDirectories(parent(ref));
    Path fresh = ref.resolveSibling(ref.getFileName() + ".new");
    Files.write(fresh, commit.getBytes(StandardCharsets.US_ASCII));
    Files.move(fresh, ref, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Makes a blob one of a snapshot's files. */
  void link(String commit, RemoteFile file) throws IOException {
    Path link = snapshot(commit).resolve(file.name());
    Path directory = Files.createDirectories(parent(link));
    Path fresh = directory.resolve(file.name() + ".new");
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, directory.relativize(blob(file.checksum())));
    Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    return parent == null ? path : parent;
  }

  /**
   * What a snapshot lacks to be a model or an adapter.
   *
   * @return empty if it is whole
   */
  Optional<String> missing(String commit) throws IOException {
    if (!Files.isDirectory(snapshot(commit))) {
      return Optional.of("snapshots/" + commit);
    }
    if (has(commit, ModelFiles.ADAPTER_CONFIG) && !has(commit, ModelFiles.CONFIG)) {
      return has(commit, ADAPTER_WEIGHTS) ? Optional.empty() : Optional.of(ADAPTER_WEIGHTS);
    }
    return Stream.of(ModelFiles.CONFIG, ModelFiles.TOKENIZER)
        .filter(file -> !has(commit, file))
        .findFirst()
        .or(() -> missingWeights(commit));
  }

  private Optional<String> missingWeights(String commit) {
    if (has(commit, MODEL_WEIGHTS)) {
      return Optional.empty();
    }
    Path index = snapshot(commit).resolve(MODEL_INDEX);
    try {
      if (!Files.isRegularFile(index) || Files.size(index) > LONGEST_INDEX) {
        return Optional.of(MODEL_WEIGHTS);
      }
      TreeSet<String> shards = new TreeSet<>();
      for (JsonNode shard : JSON.readTree(Files.readAllBytes(index)).path("weight_map")) {
        shards.add(shard.asText());
      }
      return shards.isEmpty()
          ? Optional.of(MODEL_WEIGHTS)
          : shards.stream().filter(shard -> !has(commit, shard)).findFirst();
    } catch (IOException e) {
      return Optional.of(MODEL_INDEX);
    }
  }
}
