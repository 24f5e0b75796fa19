package io.gapo.runtime.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
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
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** Whatever is done to a file, opening and reading it ends in one kind of exception, or well. */
class SafetensorsFuzzTest {

  private static final int LENGTH_BYTES = 8;

  private static final Path DIRECTORY = temporaryDirectory();
  private static final byte[] VALID = validFile();

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("safetensors-fuzz");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] validFile() {
    Path file = DIRECTORY.resolve("valid.safetensors");
    NamedTensor a = TensorValues.tensor("a", new long[] {2, 2}, 1, 2, 3, 4);
    NamedTensor b =
        TensorValues.convert(TensorValues.tensor("b", new long[] {3}, 5, 6, 7), DataType.BF16);
    SafetensorsFile.write(file, List.of(a, b), Map.of("format", "pt"));
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterContainer
  static void clean() throws IOException {
    try (var files = Files.list(DIRECTORY)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(DIRECTORY);
  }

  @Example
  void readsTheFileThatIsMutated() {
    assertThat(SafetensorsFile.readAll(DIRECTORY.resolve("valid.safetensors"))).hasSize(2);
  }

  @Property(tries = 2000)
  void survivesAnyBytesChanged(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 12) int changes) {
    SplittableRandom random = new SplittableRandom(seed);

    requireMalformedOrReadable(Mutations.ofBytes(VALID, random, changes));
  }

  @Property(tries = 2000)
  void survivesAnyPiecesPutIntoTheHeader(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int changes) {
    SplittableRandom random = new SplittableRandom(seed);
    String header = new String(VALID, LENGTH_BYTES, headerBytes(), StandardCharsets.UTF_8);

    String changed = Mutations.ofJson(header, random, changes);

    requireMalformedOrReadable(withHeader(changed.getBytes(StandardCharsets.UTF_8)));
  }

  @Property(tries = 500)
  void survivesHeadersOfAnyBytes(@ForAll byte[] header) {
    requireMalformedOrReadable(withHeader(header));
  }

  @Property(tries = 500)
  void survivesAnyLengthOfAnything(@ForAll long length, @ForAll byte[] rest) {
    ByteBuffer bytes =
        ByteBuffer.allocate(LENGTH_BYTES + rest.length).order(ByteOrder.LITTLE_ENDIAN);

    requireMalformedOrReadable(bytes.putLong(length).put(rest).array());
  }

  @Property(tries = 300)
  void survivesBeingCutOrLengthened(@ForAll @IntRange(min = 0, max = 400) int length) {
    requireMalformedOrReadable(Arrays.copyOf(VALID, length));
  }

  private static int headerBytes() {
    return (int) ByteBuffer.wrap(VALID).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
  }

  /** The valid file's data behind another header. */
  private static byte[] withHeader(byte[] header) {
    int data = LENGTH_BYTES + headerBytes();
    return ByteBuffer.allocate(LENGTH_BYTES + header.length + VALID.length - data)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .put(VALID, data, VALID.length - data)
        .array();
  }

  private static void requireMalformedOrReadable(byte[] bytes) {
    Path path = DIRECTORY.resolve("mutated.safetensors");
    try {
      Files.write(path, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      for (String name : file.names()) {
        read(path, file, name);
      }
    } catch (MalformedCheckpointException e) {
      assertThat(e).hasMessageStartingWith(path + ": ");
    }
  }

  /** A type that is listed but not read is malformed for a model, too. */
  private static void read(Path path, SafetensorsFile file, String name) {
    try {
      NamedTensor tensor = file.read(name);
      ByteBuffer again = ByteBuffer.allocate(tensor.data().length);
      file.read(name, 0, again);
      assertThat(again.flip()).isEqualTo(ByteBuffer.wrap(tensor.data()));
    } catch (MalformedCheckpointException e) {
      assertThat(e).hasMessageStartingWith(path + ": ");
    }
  }
}
