package io.gapo.runtime.llama;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Model directories that are damaged, incomplete or malicious: each error names file and remedy.
 */
class HostileDirectoryTest {

  private static final LlamaConfig CONFIG = TinyModel.config(2);
  private static final String KEY = "model.layers.1.self_attn.k_proj.weight";
  private static final String FIRST = "model-00001-of-00002.safetensors";
  private static final String SECOND = "model-00002-of-00002.safetensors";

  private static TorchRuntime runtime;
  private static List<NamedTensor> all;

  private Path directory;

  @BeforeAll
  static void start() {
    runtime = TorchRuntime.start(TorchSettings.cpu(1));
    all = TinyModel.tensors(CONFIG, OutputLayer.VOCABULARY, 3);
  }

  @AfterAll
  static void stop() {
    runtime.close();
  }

  @BeforeEach
  void writeShards(@TempDir Path temporary) throws IOException {
    directory = temporary;
    CONFIG.write(directory);
    write(FIRST, tensors(name -> !name.equals(KEY)));
    write(SECOND, tensors(name -> name.equals(KEY)));
    writeIndex(SECOND);
  }

  private static List<NamedTensor> tensors(Predicate<String> chosen) {
    return all.stream().filter(tensor -> chosen.test(tensor.name())).toList();
  }

  private void write(String file, List<NamedTensor> tensors) {
    SafetensorsFile.write(directory.resolve(file), tensors, Map.of());
  }

  /** Everything in the first shard but one tensor. */
  private void writeIndex(String shardOfKey) throws IOException {
    String map =
        all.stream()
            .map(
                tensor ->
                    "\"%s\":\"%s\""
                        .formatted(tensor.name(), tensor.name().equals(KEY) ? shardOfKey : FIRST))
            .collect(Collectors.joining(","));
    Files.writeString(directory.resolve(ShardIndex.FILE), "{\"weight_map\":{%s}}".formatted(map));
  }

  private void refuses(String... named) {
    assertThatThrownBy(() -> LlamaWeights.load(runtime, directory))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageStartingWith(directory.toString())
        .hasMessageContainingAll(named);
  }

  @Test
  void readsTheShardsAsTheyAre() {
    try (LlamaWeights weights = LlamaWeights.load(runtime, directory)) {
      assertThat(weights.toNamedTensors()).isEqualTo(all);
    }
  }

  @Test
  void prefersAWholeModelToAnIndexThatWasLeftBehind() {
    List<NamedTensor> newer = all.stream().map(tensor -> TinyModel.scaled(tensor, 2)).toList();
    write(PretrainedTensors.FILE, newer);

    try (LlamaWeights weights = LlamaWeights.load(runtime, directory)) {
      assertThat(weights.toNamedTensors()).isEqualTo(newer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../b.safetensors",
        "/etc/b.safetensors",
        "sub/../../b.safetensors",
        "..\\\\b.safetensors",
        "a\\u0000.safetensors"
      })
  void opensNoFileOutsideTheDirectory(String shard) throws IOException {
    writeIndex(shard);

    refuses(ShardIndex.FILE, KEY, "outside its directory", "beside the index");
  }

  @Test
  void namesTheTensorWhoseShardCannotBeAFile() throws IOException {
    writeIndex("b-\\ud800.safetensors"); // half of a surrogate pair

    refuses(ShardIndex.FILE, KEY, "cannot be one here");
  }

  @Test
  void namesTheShardThatIsMissing() throws IOException {
    Files.delete(directory.resolve(SECOND));

    refuses(ShardIndex.FILE, SECOND, KEY, "download that file");
  }

  @Test
  void namesTheTensorThatIsNotInItsShard() throws IOException {
    writeIndex(FIRST);

    refuses(ShardIndex.FILE, FIRST, KEY, "different models");
  }

  @Test
  void namesTheTensorThatTheIndexLeavesOut() throws IOException {
    Path index = directory.resolve(ShardIndex.FILE);
    Files.writeString(index, Files.readString(index).replace(KEY, "another.weight"));
    write(SECOND, List.of(TensorValues.tensor("another.weight", new long[] {1}, 0)));

    refuses(KEY, "is missing", "config.json");
  }

  @Test
  void refusesAShardsTensorThatTheIndexLeavesOut() {
    String unread = "model.layers.0.mlp.up_proj.bias";
    List<NamedTensor> more = new ArrayList<>(tensors(name -> name.equals(KEY)));
    more.add(TensorValues.tensor(unread, new long[] {1}, 0));
    write(SECOND, more);

    refuses(SECOND, unread, ShardIndex.FILE, "different models");
  }

  @Test
  void namesTheShardWhoseTensorHasAnotherShape() {
    write(SECOND, List.of(TensorValues.tensor(KEY, new long[] {1, 1}, 0)));

    refuses(SECOND, KEY, "[1, 1]", "config.json says [16, 32]");
  }

  @ParameterizedTest
  @CsvSource({"vocab_size, 2147483647", "intermediate_size, 2147483646", "num_hidden_layers, 9999"})
  void allocatesNothingForSizesThatTheFilesDoNotHave(String key, int value) throws IOException {
    Path config = directory.resolve(LlamaConfig.FILE);
    Files.writeString(
        config,
        Files.readString(config)
            .replaceFirst("\"%s\" *: *\\d+".formatted(key), "\"%s\": %d".formatted(key, value)));

    refuses("config.json");
  }

  @Test
  void namesTheShardWhoseTensorHoldsNoFloatingPointNumbers() throws IOException {
    byte[] header =
        "{\"%s\":{\"dtype\":\"I8\",\"shape\":[16,32],\"data_offsets\":[0,512]}}"
            .formatted(KEY)
            .getBytes(StandardCharsets.UTF_8);
    Files.write(
        directory.resolve(SECOND),
        ByteBuffer.allocate(8 + header.length + 512)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header)
            .array());

    refuses(SECOND, KEY, "I8", "F32, BF16 or F16");
  }

  @Test
  void namesTheShardThatIsCutShort() throws IOException {
    byte[] whole = Files.readAllBytes(directory.resolve(SECOND));
    Files.write(directory.resolve(SECOND), Arrays.copyOf(whole, whole.length - 1));

    refuses(SECOND, KEY);
  }

  @Test
  void namesAShardThatIsAPickleOrAZip() throws IOException {
    Files.writeString(directory.resolve(SECOND), "PK\u0003\u0004 and then some");
    refuses(SECOND, "zip archive", "save the model as safetensors");

    writeIndex("pytorch_model-00002-of-00002.bin");
    refuses(ShardIndex.FILE, "pytorch_model-00002-of-00002.bin", "no other format");
  }

  @Test
  void refusesADirectoryOfPickles() throws IOException {
    Files.delete(directory.resolve(ShardIndex.FILE));
    Files.writeString(directory.resolve("pytorch_model.bin"), "PK\u0003\u0004");

    refuses("pytorch_model.bin", "never loaded", "save the model as safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {PretrainedTensors.FILE, ShardIndex.FILE})
  void saysThatADirectoryIsNoFile(String name) throws IOException {
    Files.delete(directory.resolve(ShardIndex.FILE));
    Files.createDirectory(directory.resolve(name));

    assertThatThrownBy(() -> LlamaWeights.load(runtime, directory))
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(FileSystemException.class)
        .hasMessageContainingAll(directory.resolve(name).toString(), "is a directory");
  }

  @Test
  void saysThatThereIsNoModel() throws IOException {
    Files.delete(directory.resolve(ShardIndex.FILE));

    assertThatThrownBy(() -> LlamaWeights.load(runtime, directory))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContainingAll(directory.toString(), PretrainedTensors.FILE, "does not exist");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "null",
        "{}",
        "{\"weight_map\":[]}",
        "{\"weight_map\":{}}",
        "{\"weight_map\":{\"a\":7}}",
        "{\"weight_map\":{\"a\":\"x\",\"a\":\"x\"}}",
        "{\"weight_map\":{\"a\":\"\"}}",
        "\u0000\u0000\u0000{"
      })
  void refusesAnIndexThatIsNone(String json) throws IOException {
    Files.writeString(directory.resolve(ShardIndex.FILE), json);

    refuses(ShardIndex.FILE);
  }

  @Test
  void leavesNoFileOpenAfterARefusal() throws IOException {
    Files.delete(directory.resolve(SECOND));
    refuses(SECOND);

    assertThat(openFiles()).noneMatch(path -> path.startsWith(directory));
  }

  private static Set<Path> openFiles() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(Files::isSymbolicLink)
          .map(HostileDirectoryTest::target)
          .collect(Collectors.toSet());
    }
  }

  private static Path target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor);
    } catch (IOException e) {
      return descriptor; // closed while the directory was listed
    }
  }
}
