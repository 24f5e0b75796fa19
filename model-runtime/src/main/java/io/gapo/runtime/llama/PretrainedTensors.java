package io.gapo.runtime.llama;

import ai.djl.ndarray.NDArray;
import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.torch.CloseOnFailure;
import io.gapo.runtime.torch.Tensors;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The tensors of a model's directory in Hugging Face's layout: {@code model.safetensors}, or else
 * the shards that {@code model.safetensors.index.json} names.
 */
public final class PretrainedTensors implements AutoCloseable {

  /** The file name of a model in one piece. */
  public static final String FILE = "model.safetensors";

  /** What PyTorch's pickles are called; never opened. */
  private static final List<String> PICKLES =
      List.of("pytorch_model.bin", "pytorch_model.bin.index.json");

  private final Path directory;
  private final Map<String, SafetensorsFile> fileOfTensor = new HashMap<>();
  private final Map<String, SafetensorsFile> files = new HashMap<>();

  private PretrainedTensors(Path directory) {
    this.directory = directory;
  }

  /** Whether a directory has tensors in this layout. */
  public static boolean isIn(Path directory) {
    return Files.exists(directory.resolve(FILE))
        || Files.exists(directory.resolve(ShardIndex.FILE));
  }

  /**
   * Opens a model's directory and reads the headers.
   *
   * @throws MalformedCheckpointException if a file is incomplete, malformed or missing though the
   *     index names it
   * @throws UncheckedIOException if there is no such file
   */
  public static PretrainedTensors open(Path directory) {
    PretrainedTensors tensors = new PretrainedTensors(directory);
    return CloseOnFailure.create(
        () -> {
          tensors.openFiles();
          return tensors;
        },
        tensors::close);
  }

  /** As transformers does it, a whole model comes before an index that lies beside it. */
  private void openFiles() {
    Path index = directory.resolve(ShardIndex.FILE);
    if (Files.exists(directory.resolve(FILE)) || !Files.exists(index)) {
      refusePickle();
      SafetensorsFile only = open(FILE);
      only.names().forEach(name -> fileOfTensor.put(name, only));
    } else {
      ShardIndex shards = ShardIndex.read(index);
      shards
          .shardOfTensor()
          .forEach((name, shard) -> fileOfTensor.put(name, in(shards, shard, name)));
      files.forEach((shard, file) -> requireIndexed(shards, shard, file));
    }
  }

  /** A tensor that the index leaves out would never be looked at. */
  private static void requireIndexed(ShardIndex index, String shard, SafetensorsFile file) {
    for (String name : file.names()) {
      if (!shard.equals(index.shardOfTensor().get(name))) {
        throw MalformedCheckpointException.inTensor(
            file.path(),
            name,
            "is not where %s says: index and shards are of different models"
                .formatted(index.file().getFileName()));
      }
    }
  }

  private void refusePickle() {
    Optional<String> pickle =
        PICKLES.stream().filter(name -> Files.exists(directory.resolve(name))).findFirst();
    if (pickle.isPresent() && !Files.exists(directory.resolve(FILE))) {
      throw new MalformedCheckpointException(
          directory.resolve(pickle.get()),
          "a pickle is never loaded, it may run code; save the model as safetensors"
              + " (transformers: save_pretrained)");
    }
  }

  private SafetensorsFile open(String name) {
    SafetensorsFile file = SafetensorsFile.open(directory.resolve(name));
    files.put(name, file);
    return file;
  }

  private SafetensorsFile in(ShardIndex index, String shard, String tensor) {
    @Nullable SafetensorsFile known = files.get(shard);
    if (known == null && !Files.exists(directory.resolve(shard))) {
      throw MalformedCheckpointException.inTensor(
          index.file(),
          tensor,
          "is in %s, which is not there: download that file too".formatted(shard));
    }
    SafetensorsFile file = known == null ? open(shard) : known;
    if (!file.names().contains(tensor)) {
      throw MalformedCheckpointException.inTensor(
          index.file(),
          tensor,
          "is not in %s, where it should be: index and shards are of different models"
              .formatted(shard));
    }
    return file;
  }

  /** Names of all tensors, sorted. */
  public Set<String> names() {
    return new TreeSet<>(fileOfTensor.keySet());
  }

  /** What the headers say of a tensor. */
  public long[] shape(String name) {
    return fileOf(name).entry(name).shape();
  }

  /** A copy of a tensor on the heap, as stored. */
  public NamedTensor read(String name) {
    return fileOf(name).read(name);
  }

  /**
   * Checks that these are the tensors of a model, and no others.
   *
   * @throws MalformedCheckpointException if one is missing, has another shape, or is not of
   *     floating point numbers, or if there is one that nothing would read
   */
  public void require(LlamaConfig config, OutputLayer output) {
    LlamaLayout.shapes(config, output).forEach(this::require);
    refuseUnread(config, output);
  }

  /**
   * Checks that every tensor is read by a model, or known to change nothing in it.
   *
   * @throws MalformedCheckpointException naming those that are not
   */
  public void refuseUnread(LlamaConfig config, OutputLayer output) {
    Set<String> read = new HashSet<>(LlamaLayout.shapes(config, output).keySet());
    if (output == OutputLayer.VOCABULARY && fileOfTensor.containsKey(LlamaLayout.HEAD)) {
      requireTied(config);
      read.add(LlamaLayout.HEAD);
    }
    UnreadTensors.refuse(directory, names(), read, config, output);
  }

  /** Tied embeddings may be there twice, as long as the second is a copy. */
  private void requireTied(LlamaConfig config) {
    if (config.tiedEmbeddings() && !isCopy(LlamaLayout.HEAD, LlamaLayout.EMBEDDING)) {
      throw MalformedCheckpointException.inTensor(
          fileOf(LlamaLayout.HEAD).path(),
          LlamaLayout.HEAD,
          "is no copy of %s, though tie_word_embeddings in %s is true: set it to false if the output"
                  .formatted(LlamaLayout.EMBEDDING, LlamaConfig.FILE)
              + " layer is the model's own, as transformers reads it; else remove the tensor");
    }
  }

  private boolean isCopy(String name, String original) {
    return fileOf(name).sameTensor(name, fileOf(original), original);
  }

  private void require(String name, long[] expected) {
    SafetensorsFile file = fileOf(name);
    long[] shape = file.entry(name).shape();
    if (!Arrays.equals(shape, expected)) {
      throw MalformedCheckpointException.inTensor(
          file.path(),
          name,
          "has shape %s, %s says %s"
              .formatted(Arrays.toString(shape), LlamaConfig.FILE, Arrays.toString(expected)));
    }
    file.requireReadable(name);
  }

  /**
   * Copies a tensor into native memory, converting its element type, with nothing on the heap.
   *
   * @param target of the same shape, see {@link #require(LlamaConfig, OutputLayer)}
   */
  void copy(String name, NDArray target, Tensors transfer) {
    transfer.load(target, fileOf(name), name);
  }

  private SafetensorsFile fileOf(String name) {
    @Nullable SafetensorsFile file = fileOfTensor.get(name);
    if (file == null) {
      throw MalformedCheckpointException.inTensor(
          directory, name, "is missing: the files do not fit " + LlamaConfig.FILE);
    }
    return file;
  }

  @Override
  public void close() {
    files.values().forEach(SafetensorsFile::close);
  }
}
