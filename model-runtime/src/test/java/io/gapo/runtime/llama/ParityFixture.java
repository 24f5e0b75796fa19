package io.gapo.runtime.llama;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A committed random checkpoint and what transformers makes of it (see {@code
 * tools/fixtures/README.md}).
 */
public record ParityFixture(String name, Path directory) {

  /** Rows of the batch. */
  public static final int ROWS = 2;

  /**
   * How far from the exact value a precision may be, in units of PyTorch's own error in bfloat16:
   * rounding is chance, so twice; float16 has three bits more, an eighth of the error.
   */
  public static final Map<DataType, Double> ROUNDING =
      Map.of(DataType.BF16, 2.0, DataType.F16, 2.0 / 8);

  private static final String SCORE = "-score";
  private static final String GRADIENT = "gradient.";

  /** The language models. */
  public static List<ParityFixture> policies() {
    return all().filter(fixture -> !fixture.name.endsWith(SCORE)).toList();
  }

  /** The score models. */
  public static List<ParityFixture> scorers() {
    return all().filter(fixture -> fixture.name.endsWith(SCORE)).toList();
  }

  /** One by its directory's name. */
  public static ParityFixture named(String name) {
    return new ParityFixture(name, root().resolve(name));
  }

  /** What peft computed with one of the committed adapters, which lies in the same directory. */
  public static ParityFixture ofAdapter(String name) {
    return new ParityFixture(name, resource("/lora").resolve(name));
  }

  private static Stream<ParityFixture> all() {
    try (Stream<Path> directories = Files.list(root())) {
      return directories
          .map(directory -> new ParityFixture(directory.getFileName().toString(), directory))
          .sorted((one, other) -> one.name.compareTo(other.name))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path root() {
    return resource("/parity");
  }

  private static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(ParityFixture.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError("class path entries are valid URIs", e);
    }
  }

  /** What transformers computed, row-major. */
  public float[] expected(String tensor) {
    try (SafetensorsFile file = open()) {
      return TensorValues.toFloats(file.read(tensor));
    }
  }

  /** What a computation in bfloat16 is held against, and how far off PyTorch's own is. */
  public float[] inHalfPrecision(String tensor) {
    try (SafetensorsFile file = SafetensorsFile.open(directory.resolve("bf16.safetensors"))) {
      return TensorValues.toFloats(file.read(tensor));
    }
  }

  /** Whole numbers among it. */
  public int[] expectedIntegers(String tensor) {
    float[] values = expected(tensor);
    int[] integers = new int[values.length];
    for (int i = 0; i < integers.length; i++) {
      integers[i] = (int) values[i];
    }
    return integers;
  }

  /** Names of the model's tensors whose gradients are there. */
  public Set<String> differentiated() {
    Set<String> names = new TreeSet<>();
    try (SafetensorsFile file = open()) {
      for (String name : file.names()) {
        if (name.startsWith(GRADIENT)) {
          names.add(name.substring(GRADIENT.length()));
        }
      }
    }
    return names;
  }

  /** d loss / d tensor. */
  public float[] gradient(String tensor) {
    return expected(GRADIENT + tensor);
  }

  /** The batch, padded on the right, shape (2, T). */
  public long[] ids() {
    int[] stored = expectedIntegers("ids");
    long[] ids = new long[stored.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = stored[i];
    }
    return ids;
  }

  private SafetensorsFile open() {
    return SafetensorsFile.open(directory.resolve("expected.safetensors"));
  }

  @Override
  public String toString() {
    return name;
  }
}
