package io.gapo.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HubModelTest {

  @ParameterizedTest
  @CsvSource({
    "Qwen/Qwen2.5-0.5B-Instruct, Qwen/Qwen2.5-0.5B-Instruct, main",
    "org/name@v1.0, org/name, v1.0",
    "org/name@refs/pr/1, org/name, refs/pr/1",
    "o_r.g/n_a.m-e@0123abc, o_r.g/n_a.m-e, 0123abc"
  })
  void readsANameAndARevision(String text, String repository, String revision) {
    assertThat(HubModel.parse(text)).contains(new HubModel(repository, revision));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "gpt2",
        "/models/policy",
        "./models/policy",
        "../models/policy",
        "~/models/policy",
        "a/b/c",
        "org/..",
        "org/na..me",
        "org/na--me",
        "org/name@",
        "org/name@../../x",
        "org/name@a//b",
        "org/name@a b",
        "org/name@/x",
        "org/na me"
      })
  void leavesDirectoriesAndWhatIsNoName(String text) {
    assertThat(HubModel.parse(text)).isEmpty();
  }

  @Test
  void whatBeginsWithADirectoryThatIsThereIsAPath() {
    assertThat(HubModel.parse("src/test")).isEmpty();
    assertThat(HubModel.parse("src/nothing-here")).isEmpty();
    assertThat(HubModel.directoryOfOrganization("src/nothing-here@v1")).contains(Path.of("src"));
    assertThat(HubModel.parse("nothing-here/src")).isPresent();
    assertThat(HubModel.directoryOfOrganization("nothing-here/src")).isEmpty();
    assertThat(HubModel.directoryOfOrganization("src/a/b")).isEmpty();
  }

  @Test
  void tellsTheModelOfASnapshotByItsPlace(@TempDir Path cache) throws IOException {
    Path snapshot =
        Files.createDirectories(
            cache.resolve("models--org--my-name/snapshots").resolve(LocalHub.COMMIT));

    assertThat(HubModel.ofSnapshot(snapshot))
        .contains(new HubModel("org/my-name", LocalHub.COMMIT));
    assertThat(HubModel.ofSnapshot(cache)).isEmpty();
  }
}
