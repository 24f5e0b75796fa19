package io.gapo.runtime.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDigestTest {

  @Test
  void dependsOnNamesAndContentsAndNotOnThePlace(@TempDir Path first, @TempDir Path second)
      throws IOException {
    Files.writeString(first.resolve("config.json"), "a");
    Files.writeString(second.resolve("config.json"), "a");
    Files.writeString(second.resolve("README.md"), "does not count");
    String digest = ModelDigest.of(first);

    assertThat(digest).matches("model [0-9a-f]{16}");
    assertThat(ModelDigest.of(second)).isEqualTo(digest);

    Files.writeString(second.resolve("config.json"), "b");
    assertThat(ModelDigest.of(second)).isNotEqualTo(digest);

    Files.writeString(first.resolve("model.safetensors"), "");
    assertThat(ModelDigest.of(first)).isNotEqualTo(digest);
  }

  @Test
  void namesADirectoryThatIsNotThere(@TempDir Path directory) {
    assertThatThrownBy(() -> ModelDigest.of(directory.resolve("absent")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("absent");
  }
}
