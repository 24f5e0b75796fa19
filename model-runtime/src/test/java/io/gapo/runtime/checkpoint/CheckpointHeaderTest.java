package io.gapo.runtime.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CheckpointHeaderTest {

  @Test
  void knowsTheObjectivesByTheirValueHeads() {
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    shapes.put("model.norm.weight", List.of(8L));
    shapes.put("value_heads.very-helpful.weight", List.of(1L, 8L));
    shapes.put("value_heads.very-helpful.bias", List.of(1L));
    shapes.put("value_heads.harmless.weight", List.of(1L, 8L));
    shapes.put("value_heads.harmless.bias", List.of(1L));

    CheckpointHeader header =
        new CheckpointHeader(Path.of("version-00000001"), Optional.empty(), shapes);

    assertThat(header.objectives()).containsExactly("very-helpful", "harmless");
    assertThat(header.policyShapes()).isEqualTo(Map.of("model.norm.weight", List.of(8L)));
  }
}
