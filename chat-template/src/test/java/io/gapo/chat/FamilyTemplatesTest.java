package io.gapo.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Templates in the shapes of the families in use, against jinja2 with transformers' settings. */
class FamilyTemplatesTest {

  private static final Path RESOURCES = Path.of("src", "test", "resources", "chat");

  static List<ExpectedRenderings.Case> cases() throws IOException {
    return ExpectedRenderings.read(
        RESOURCES, RESOURCES.resolve("templates"), RESOURCES.resolve("expected.json"));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rendersWhatJinja2Renders(ExpectedRenderings.Case each) {
    assertThat(each.difference()).isEmpty();
  }
}
