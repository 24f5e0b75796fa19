package io.gapo.runtime.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {

  private static final NamedTensor WEIGHT =
      TensorValues.tensor("a.weight", new long[] {2, 3}, 1, 2, 3, 4, 5, -6.5f);
  private static final NamedTensor BIAS =
      TensorValues.convert(
          TensorValues.tensor("a.bias", new long[] {3}, 0.5f, -1, 2), DataType.BF16);

  private Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile(@TempDir Path temporary) {
    directory = temporary;
    file = directory.resolve("model.safetensors");
  }

  @Test
  void readsBackWhatItWrote() {
    SafetensorsFile.write(file, List.of(WEIGHT, BIAS), Map.of("format", "pt"));

    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.names()).containsExactly("a.weight", "a.bias");
      assertThat(opened.metadata()).containsExactly(Map.entry("format", "pt"));
      assertThat(opened.read("a.weight")).isEqualTo(WEIGHT);
      assertThat(opened.read("a.bias")).isEqualTo(BIAS);
      assertThat(TensorValues.toFloats(TensorValues.widen(opened.read("a.bias"))))
          .containsExactly(0.5f, -1, 2);
    }
  }

  @Test
  void startsItsDataOnAWholeEightBytes() throws IOException {
    SafetensorsFile.write(file, List.of(BIAS), Map.of());

    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(bytes.getLong(0) % 8).isZero();
    assertThat(bytes.get(8)).isEqualTo((byte) '{');
  }

  @Test
  void leavesNothingBesideTheFile() throws IOException {
    SafetensorsFile.write(file, List.of(WEIGHT), Map.of());
    SafetensorsFile.write(file, List.of(BIAS), Map.of());

    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
    assertThat(SafetensorsFile.readAll(file)).containsExactly(BIAS);
  }

  @Test
  void readsSomeOfATensor() {
    SafetensorsFile.write(file, List.of(BIAS, WEIGHT), Map.of());
    ByteBuffer some = ByteBuffer.allocateDirect(12).order(ByteOrder.LITTLE_ENDIAN);
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      opened.read("a.weight", 4, some);

      assertThatThrownBy(() -> opened.read("a.weight", 16, ByteBuffer.allocate(12)))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContainingAll("a.weight", "24");
    }

    assertThat(some.flip().asFloatBuffer().get(0)).isEqualTo(2);
    assertThat(some.asFloatBuffer().get(2)).isEqualTo(4);
  }

  @Test
  void saysThatAFileWasCutShortWhileItWasRead() throws IOException {
    SafetensorsFile.write(file, List.of(WEIGHT, BIAS), Map.of());
    byte[] whole = Files.readAllBytes(file);
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      Files.write(file, Arrays.copyOf(whole, whole.length - 1));

      assertThatThrownBy(() -> opened.read("a.bias", 0, ByteBuffer.allocateDirect(6)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContainingAll(file.toString(), "became shorter");
    }
  }

  @Test
  void namesTheTensorThatIsMissing() {
    SafetensorsFile.write(file, List.of(WEIGHT), Map.of());

    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThatThrownBy(() -> opened.read("lm_head.weight"))
          .isInstanceOf(MalformedCheckpointException.class)
          .hasMessageContainingAll(file.toString(), "lm_head.weight", "missing");
    }
  }

  @Test
  void saysThatAFileDoesNotExist() {
    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage(file + " does not exist");
  }

  @Test
  void refusesToWriteTwoTensorsOfOneName() {
    assertThatThrownBy(() -> SafetensorsFile.write(file, List.of(WEIGHT, WEIGHT), Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a.weight");
    assertThat(file).doesNotExist();
  }

  @Test
  void listsButDoesNotReadTypesItCannotCompute() throws IOException {
    writeRaw("{'n':{'dtype':'I64','shape':[],'data_offsets':[0,8]}}", 8);

    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      assertThat(opened.names()).containsExactly("n");
      assertThatThrownBy(() -> opened.read("n"))
          .isInstanceOf(MalformedCheckpointException.class)
          .hasMessageContainingAll("'n'", "I64");
      assertThatThrownBy(() -> opened.dataType("n"))
          .isInstanceOf(MalformedCheckpointException.class);
    }
  }

  @Test
  void readsAnEmptyFileOfTensorsAndEmptyTensors() throws IOException {
    writeRaw("{}", 0);
    assertThat(SafetensorsFile.readAll(file)).isEmpty();

    NamedTensor empty = TensorValues.tensor("none", new long[] {0, 4});
    SafetensorsFile.write(file, List.of(empty, WEIGHT), Map.of());
    assertThat(SafetensorsFile.readAll(file)).containsExactly(empty, WEIGHT);
  }

  @Test
  void refusesEveryPrefixOfAFile() throws IOException {
    SafetensorsFile.write(file, List.of(WEIGHT, BIAS), Map.of());
    byte[] whole = Files.readAllBytes(file);

    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafetensorsFile.open(file))
          .as("first %d bytes", length)
          .isInstanceOf(MalformedCheckpointException.class)
          .hasMessageStartingWith(file.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"-1", "0", "1", "9223372036854775807", "100000001", "58"})
  void refusesAHeaderLengthThatCannotBe(long length) throws IOException {
    byte[] bytes = new byte[64];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    Files.write(file, bytes);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("header length");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          []                                                                              | not a JSON object
          {'a':                                                                           | not JSON
          {} {}                                                                           | not JSON
          {'a':1}                                                                         | not a JSON object
          {'a':{'dtype':5,'shape':[2],'data_offsets':[0,8]}}                              | data type
          {'a':{'dtype':'F32','shape':2,'data_offsets':[0,8]}}                            | shape is not a list
          {'a':{'dtype':'F32','shape':[2]}}                                               | data_offsets is missing
          {'__metadata__':[]}                                                             | __metadata__
          {'a':{'dtype':'F99','shape':[2],'data_offsets':[0,8]}}                          | F99
          {'a':{'dtype':'F32','data_offsets':[0,8]}}                                      | shape is missing
          {'a':{'dtype':'F32','shape':[2.5],'data_offsets':[0,8]}}                        | 2.5
          {'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}}                         | -2
          {'a':{'dtype':'F32','shape':['2'],'data_offsets':[0,8]}}                        | whole numbers
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}}                            | data_offsets
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}}                          | data_offsets
          {'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}}                         | data_offsets
          {'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}}                          | needs 12 bytes
          {'a':{'dtype':'F32','shape':[4294967296,4294967296],'data_offsets':[0,8]}}      | too large
          {'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}}       | whole numbers
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}}                          | end at byte 4 of 8
          {'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}}                          | hole
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | overlaps
          {'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}} | not JSON
          {'__metadata__':{'x':1},'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]}}   | metadata 'x'
          """)
  void refusesAHeaderThatDoesNotDescribeItsData(String header, String message) throws IOException {
    writeRaw(header, 8);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContainingAll(file.toString(), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          504b0304140000000000                                                   | zip archive
          80027d7100                                                             | a pickle
          4747554603000000                                                       | GGUF
          76657273696f6e2068747470733a2f2f6769742d6c66732e6769746875622e636f6d2f | git lfs pull
          3c21444f43545950452068746d6c3e                                         | web page
          7b226d65746164617461223a207b7d7d                                       | JSON
          """)
  void saysWhatAForeignFileIsAndWhatToDo(String hex, String message) throws IOException {
    Files.write(file, Arrays.copyOf(HexFormat.of().parseHex(hex), 200));

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContainingAll(file.toString(), message);
  }

  @Test
  void saysThatAFileWasCutShort() throws IOException {
    SafetensorsFile.write(file, List.of(WEIGHT, BIAS), Map.of());
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, 30));

    assertThatThrownBy(() -> SafetensorsFile.open(file)).hasMessageContaining("cut short");
  }

  @Test
  void refusesAHeaderOfAHundredMegabytesWithoutKeepingItsContent() throws IOException {
    writeRaw("{'a':[" + "[],".repeat(33_000_000) + "[]]}", 0);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("'a'");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    byte[] header = HexFormat.of().parseHex("0000007b7f7f7f7f"); // begins like UTF-32
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(header.length).put(header).array());

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("not JSON");
  }

  @Test
  void refusesMoreDimensionsThanATensorHas() throws IOException {
    writeRaw("{'a':{'dtype':'F32','shape':[" + "1,".repeat(99) + "1],'data_offsets':[0,4]}}", 4);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContainingAll("'a'", "shape has more than");
  }

  @Test
  void refusesDeeplyNestedJson() throws IOException {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    writeRaw("{'a':{'note':" + deep + "}}", 0);

    assertThatThrownBy(() -> SafetensorsFile.open(file))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("not JSON");
  }

  private void writeRaw(String header, int dataBytes) throws IOException {
    byte[] json = header.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + json.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(file, bytes.putLong(json.length).put(json).array());
  }
}
