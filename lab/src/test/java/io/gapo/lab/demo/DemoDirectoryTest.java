package io.gapo.lab.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDirectoryTest {

  private final DemoDirectory directory;

  DemoDirectoryTest(@TempDir Path temporary) {
    this.directory = new DemoDirectory(temporary.resolve("data"));
  }

  @Test
  void goesOnWithThePolicyThatItBeganWithAndNoOther() throws IOException {
    directory.prepare();
    directory.claim(Path.of("models", "policy"));
    directory.claim(Path.of("models", ".", "policy"));

    assertThatThrownBy(() -> directory.claim(Path.of("models", "another")))
        .isInstanceOf(DemoDirectory.AnotherPolicyException.class)
        .hasMessageContainingAll(
            directory.root().toString(), Path.of("models", "policy").toString(), "--fresh");

    directory.empty();
    directory.prepare();
    directory.claim(Path.of("models", "another"));
    assertThat(directory.root().resolve("policy")).content().endsWith("another");
  }

  @Test
  void leavesWhatADemoDidNotMakeAlone() throws IOException {
    Files.createDirectories(directory.root());
    Path thesis = Files.writeString(directory.root().resolve("thesis.txt"), "years of work");

    assertThatThrownBy(directory::prepare)
        .isInstanceOf(DemoDirectory.NotADemoDirectoryException.class)
        .hasMessageContaining(directory.root().toString());
    assertThatThrownBy(directory::empty)
        .isInstanceOf(DemoDirectory.NotADemoDirectoryException.class);
    assertThat(thesis).exists();
  }
}
