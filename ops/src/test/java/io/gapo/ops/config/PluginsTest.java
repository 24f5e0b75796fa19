package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.InvalidSettingException;
import io.gapo.ops.config.ObjectiveConfig.Plugin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsTest {

  @Test
  void thePluginOfTheDocumentationScores(@TempDir Path directory) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("gapo.conf"),
            """
            gapo.objectives = [
              { name = calm, scored-by = reward-scorer, plugin { name = exclamations, allowed = 1 } }
            ]
            """);
    PartSettings parts =
        new PartSettings(GapoConfig.from(ConfigFiles.load(Optional.of(file), Map.of(), Map.of())));

    try (ObjectiveModel model = parts.objectiveModel(parts.config().objectives().get(0))) {
      assertThat(model.objective()).isEqualTo("calm");
      assertThat(model.score(List.of(saying("Hi!"), saying("Hi!!!")))).containsExactly(0, -2);
    }
  }

  @Test
  void theDocumentationShowsThePluginAsItIs() throws IOException {
    String source = Files.readString(Path.of("src/test/java/com/example/Exclamations.java"));

    assertThat(Files.readString(Path.of("../docs/objectives.md"))).contains(source.strip());
  }

  @Test
  void saysWhichPluginsThereAre() {
    assertThatThrownBy(() -> Plugins.open("calm", new Plugin("exclamation", Map.of())))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessage(
            "name 'exclamation' is no plug-in on the class path, which has exclamations: name its jar"
                + " in GAPO_PLUGINS");
  }

  private static Rollout saying(String response) {
    return new Rollout(
        "p",
        0,
        "Hello",
        response,
        new int[] {1},
        new int[] {2},
        new float[] {-1},
        new long[] {0},
        FinishReason.END_OF_SEQUENCE,
        1);
  }
}
