package io.gapo.runtime.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

class SafetensorsRoundTripTest {

  @Cases(200)
  void anyTensorsComeBackBitForBit(Draw draw) throws IOException {
    List<NamedTensor> tensors = tensors(draw);
    Map<String, String> metadata = metadata(draw);
    Path file = Files.createTempFile("round-trip", ".safetensors");
    try {
      SafetensorsFile.write(file, tensors, metadata);

      assertThat(SafetensorsFile.readAll(file)).isEqualTo(tensors);
      try (SafetensorsFile opened = SafetensorsFile.open(file)) {
        assertThat(opened.metadata()).isEqualTo(metadata);
      }
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static List<NamedTensor> tensors(Draw draw) {
    Map<String, NamedTensor> byName = new LinkedHashMap<>();
    for (int i = draw.between(0, 6); i > 0; i--) {
      String name = "t" + draw.unicode(11);
      byName.put(name, tensor(name, draw));
    }
    return List.copyOf(byName.values());
  }

  private static NamedTensor tensor(String name, Draw draw) {
    DataType type = draw.oneOf(DataType.values());
    long[] shape = new long[draw.between(0, 3)];
    int elements = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = draw.between(0, 5);
      elements *= (int) shape[i];
    }
    byte[] data = new byte[elements * type.bytes()];
    new SplittableRandom(draw.anyLong()).nextBytes(data);
    return new NamedTensor(name, type, shape, data);
  }

  private static Map<String, String> metadata(Draw draw) {
    Map<String, String> metadata = new HashMap<>();
    for (int i = draw.between(0, 20); i > 0; i--) {
      metadata.put(draw.unicode(40), draw.unicode(255));
    }
    return metadata;
  }
}
