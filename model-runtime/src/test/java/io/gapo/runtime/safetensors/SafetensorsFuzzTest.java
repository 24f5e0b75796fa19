package io.gapo.runtime.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

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

  @AfterAll
  static void clean() throws IOException {
    try (var files = Files.list(DIRECTORY)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(DIRECTORY);
  }

  @Test
  void readsTheFileThatIsMutated() {
    assertThat(SafetensorsFile.readAll(DIRECTORY.resolve("valid.safetensors"))).hasSize(2);
  }

  @Cases(2000)
  void survivesAnyBytesChanged(Draw draw) {
    long seed = draw.anyLong();
    int changes = draw.between(1, 12);
    SplittableRandom random = new SplittableRandom(seed);

    requireMalformedOrReadable(Mutations.ofBytes(VALID, random, changes));
  }

  @Cases(2000)
  void survivesAnyPiecesPutIntoTheHeader(Draw draw) {
    long seed = draw.anyLong();
    int changes = draw.between(1, 6);
    SplittableRandom random = new SplittableRandom(seed);
    String header = new String(VALID, LENGTH_BYTES, headerBytes(), StandardCharsets.UTF_8);

    String changed = Mutations.ofJson(header, random, changes);

    requireMalformedOrReadable(withHeader(changed.getBytes(StandardCharsets.UTF_8)));
  }

  @Cases(500)
  void survivesHeadersOfAnyBytes(Draw draw) {
    byte[] header = draw.bytes(255);
    requireMalformedOrReadable(withHeader(header));
  }

  @Cases(500)
  void survivesAnyLengthOfAnything(Draw draw) {
    long length = draw.anyLong();
    byte[] rest = draw.bytes(255);
    ByteBuffer bytes =
        ByteBuffer.allocate(LENGTH_BYTES + rest.length).order(ByteOrder.LITTLE_ENDIAN);

    requireMalformedOrReadable(bytes.putLong(length).put(rest).array());
  }

  @Test
  void survivesBeingCutOrLengthened() {
    for (int length = 0; length <= 400; length++) {
      requireMalformedOrReadable(Arrays.copyOf(VALID, length));
    }
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
