package io.gapo.runtime.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.gapo.core.policy.NamedTensor;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.ParityFixture;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.llama.UnsupportedModelException;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.lora.UnsupportedAdapterException;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.Mutations;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every file of a checkpoint's directory, damaged: opening it ends in an exception that is written
 * for the user, or well. Runs for {@code -Dgapo.fuzz.seconds} with {@code -Dgapo.fuzz.seed}, and
 * prints how often it tried.
 */
class CheckpointFuzzTest {

  private static final long SECONDS = Long.getLong("gapo.fuzz.seconds", 2);
  private static final long SEED = Long.getLong("gapo.fuzz.seed", 1);
  private static final int LENGTH_BYTES = 8;

  /** Exceptions whose messages name the file and the remedy. */
  private static final List<Class<? extends Exception>> SPEAKING =
      List.of(
          MalformedCheckpointException.class,
          UnsupportedModelException.class,
          UnsupportedAdapterException.class,
          UncheckedIOException.class);

  private static final String STATE =
      """
      {"format": 1, "sha256": {"model.safetensors": "ab"}, "optimizerSteps": 1,
       "version": {"number": 3}, "epoch": 1, "lineage": null,
       "inputOffsets": {"t-0": 5}}
      """;

  @TempDir Path directory = Path.of("set by JUnit");

  /** What opens a file, and the file. */
  private record Target(String name, Path file, byte[] valid, boolean json, Reading reading) {}

  private interface Reading {
    void read() throws IOException;
  }

  private Path tensors = directory;
  private Path model = directory;
  private Path adapter = directory;

  @BeforeEach
  void writeValidFiles() throws IOException {
    tensors = Files.createDirectory(directory.resolve("tensors"));
    SafetensorsFile.write(
        tensors.resolve("model.safetensors"),
        List.of(
            TensorValues.tensor("a", new long[] {2, 2}, 1, 2, 3, 4),
            TensorValues.convert(
                TensorValues.tensor("b", new long[] {3}, 5, 6, 7), NamedTensor.DataType.BF16)),
        Map.of("format", "pt"));
    model = copy(ParityFixture.named("mistral-sharded").directory(), "model");
    Files.writeString(model.resolve("generation_config.json"), "{\"eos_token_id\": [2, 3]}");
    adapter = copy(ParityFixture.ofAdapter("llama3-lora").directory(), "adapter");
    Files.writeString(directory.resolve("state.json"), STATE);
  }

  private Path copy(Path from, String to) throws IOException {
    Path target = Files.createDirectory(directory.resolve(to));
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName().toString()));
      }
    }
    return target;
  }

  @Test
  void anyDamageEndsInAnErrorForTheUserOrWell() throws IOException {
    LlamaConfig base = LlamaConfig.read(ParityFixture.named("llama3").directory());
    List<Target> targets =
        List.of(
            target("tensors", tensors.resolve("model.safetensors"), false, this::readTensors),
            target(
                "index",
                model.resolve("model.safetensors.index.json"),
                true,
                () -> PretrainedTensors.open(model).close()),
            target("config", model.resolve(LlamaConfig.FILE), true, () -> LlamaConfig.read(model)),
            target(
                "generation config",
                model.resolve("generation_config.json"),
                true,
                () -> LlamaConfig.read(model)),
            target(
                "adapter's config",
                adapter.resolve("adapter_config.json"),
                true,
                () -> PeftAdapter.read(adapter, base)),
            target(
                "adapter's tensors",
                adapter.resolve("adapter_model.safetensors"),
                false,
                () -> PeftAdapter.read(adapter, base)),
            target(
                "state",
                directory.resolve("state.json"),
                true,
                () -> StateDocument.read(directory.resolve("state.json")).state()));
    for (Target target : targets) {
      target.reading().read();
    }

    long start = System.nanoTime();
    for (Target target : targets) {
      fuzz(target, SECONDS * 1_000_000_000L / targets.size());
    }
    System.out.printf("fuzz: seed %d, %.1f s%n", SEED, (System.nanoTime() - start) / 1e9);
  }

  private static Target target(String name, Path file, boolean json, Reading reading)
      throws IOException {
    return new Target(name, file, Files.readAllBytes(file), json, reading);
  }

  private void fuzz(Target target, long nanoseconds) throws IOException {
    long end = System.nanoTime() + nanoseconds;
    long tries = 0;
    long refused = 0;
    while (tries < 100 || System.nanoTime() < end) {
      byte[] damaged = damaged(target, new SplittableRandom(SEED * 1_000_000_007L + tries++));
      Files.write(target.file(), damaged);
      refused += isRefused(target, damaged, tries - 1) ? 1 : 0;
    }
    Files.write(target.file(), target.valid());
    System.out.printf(
        "fuzz: %-17s %9d executions, %9d refused, the others read%n",
        target.name(), tries, refused);
  }

  private boolean isRefused(Target target, byte[] damaged, long attempt) {
    try {
      target.reading().read();
      return false;
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      if (SPEAKING.contains(e.getClass())) {
        assertThat(e).hasMessageContaining(directory.toString());
        return true;
      }
      return fail(
          "%s, seed %d, try %d: %s"
              .formatted(
                  target.name(),
                  SEED,
                  attempt,
                  new String(
                      Arrays.copyOf(damaged, Math.min(damaged.length, 2000)),
                      StandardCharsets.ISO_8859_1)),
          e);
    }
  }

  private static byte[] damaged(Target target, SplittableRandom random) {
    byte[] valid = target.valid();
    int changes = 1 + random.nextInt(6);
    int kind = random.nextInt(10);
    if (kind == 0) {
      return Arrays.copyOf(valid, random.nextInt(valid.length + 64));
    }
    if (kind == 1) {
      return Mutations.ofBytes(valid, random, changes);
    }
    if (target.json()) {
      return damaged(new String(valid, StandardCharsets.UTF_8), random, changes)
          .getBytes(StandardCharsets.UTF_8);
    }
    return withDamagedHeader(valid, random, changes);
  }

  private static String damaged(String json, SplittableRandom random, int changes) {
    return random.nextInt(3) == 0
        ? Mutations.ofJson(json, random, changes)
        : Mutations.ofValue(json, random);
  }

  private static byte[] withDamagedHeader(byte[] valid, SplittableRandom random, int changes) {
    int length = (int) ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
    String header = new String(valid, LENGTH_BYTES, length, StandardCharsets.UTF_8);
    byte[] damaged = damaged(header, random, changes).getBytes(StandardCharsets.UTF_8);
    int data = LENGTH_BYTES + length;
    return ByteBuffer.allocate(LENGTH_BYTES + damaged.length + valid.length - data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(random.nextInt(20) == 0 ? random.nextLong() : damaged.length)
        .put(damaged)
        .put(valid, data, valid.length - data)
        .array();
  }

  private void readTensors() {
    try (SafetensorsFile file = SafetensorsFile.open(tensors.resolve("model.safetensors"))) {
      for (String name : file.names()) {
        NamedTensor tensor = file.read(name);
        assertThat(tensor.data().length).isEqualTo((int) file.entry(name).size());
      }
    }
  }
}
