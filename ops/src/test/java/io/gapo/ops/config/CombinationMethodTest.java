package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CombinationMethodTest {

  private static final List<String> SPELLINGS =
      CombinationMethod.all().map(CombinationMethod::spelling).toList();

  /**
   * In docs/methods.md the first cell of a row: names in backticks, options that go with them
   * aside.
   */
  private static final Pattern IN_BACKTICKS = Pattern.compile("`(?!--)([^`]+)`");

  /** In reference.conf a line of the list: one name or several, then what it does. */
  private static final Pattern LISTED =
      Pattern.compile("^    #   ([A-Za-z0-9-]+(?:, [A-Za-z0-9-]+)*)(?:  .*)?$");

  @Test
  void thePageOfMethodsHasEveryMethodAndNoOther() throws IOException {
    assertThat(named(Path.of("..", "docs", "methods.md")))
        .containsExactlyInAnyOrderElementsOf(SPELLINGS);
  }

  @Test
  void theReadmesTableHasMethodsThatThereAre() throws IOException {
    assertThat(named(Path.of("..", "README.md"))).isNotEmpty().isSubsetOf(SPELLINGS);
  }

  /** What the table of methods in a page names. */
  private static List<String> named(Path page) throws IOException {
    return section(page, "| Method |", "").stream()
        .skip(1)
        .map(row -> row.split("\\|", -1)[1])
        .flatMap(cell -> IN_BACKTICKS.matcher(cell).results())
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void theReferenceHasEveryMethodAndNoOther() throws IOException {
    List<String> comment =
        section(
            Path.of("src", "main", "resources", "reference.conf"),
            "    # How the objectives are combined (docs/methods.md):",
            "    method = ");

    assertThat(
            comment.stream()
                .flatMap(line -> LISTED.matcher(line).results())
                .map(MatchResult::group)
                .map(line -> LISTED.matcher(line).replaceFirst("$1"))
                .flatMap(names -> Stream.of(names.split(", ", -1))))
        .containsExactlyInAnyOrderElementsOf(SPELLINGS);
  }

  /** The lines after the one that begins with {@code heading}, up to one that begins with end. */
  private static List<String> section(Path file, String heading, String end) throws IOException {
    return Files.readAllLines(file).stream()
        .dropWhile(line -> !line.startsWith(heading))
        .skip(1)
        .takeWhile(line -> end.isEmpty() ? !line.isEmpty() : !line.startsWith(end))
        .toList();
  }

  @Test
  void noTwoMethodsAreCalledAlike() {
    assertThat(SPELLINGS).doesNotHaveDuplicates();
    assertThat(CombinationMethod.all().map(CombinationMethod::label)).doesNotHaveDuplicates();
  }

  @Test
  void aMethodOfOneObjectiveIsSpelledWithItsName() {
    assertThat(CombinationMethod.of("ppo-harmless")).contains(CombinationMethod.PPO);
    assertThat(CombinationMethod.PPO.objectiveIn("ppo-harmless")).isEqualTo("harmless");
    assertThat(CombinationMethod.PPO.spelling("harmless")).isEqualTo("ppo-harmless");
    assertThat(CombinationMethod.PPO.label("harmless")).isEqualTo("PPO harmless");
    assertThat(CombinationMethod.MGDA.label("harmless")).isEqualTo("MGDA");
    assertThat(CombinationMethod.of("best")).isEmpty();
  }
}
