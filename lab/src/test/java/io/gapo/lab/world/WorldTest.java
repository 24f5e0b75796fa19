package io.gapo.lab.world;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorldTest {

  private static final long SEED = 7;
  private static final int MANY = 1_200;

  private final World world = new World();

  @Test
  void isTheSameForTheSameSeed() {
    World another = new World();

    assertThat(another.prompts(Split.TRAIN, 50, SEED))
        .isEqualTo(world.prompts(Split.TRAIN, 50, SEED));
    assertThat(another.demonstrations(Split.TRAIN, 50, SEED))
        .isEqualTo(world.demonstrations(Split.TRAIN, 50, SEED));
    assertThat(another.preferences(Split.TRAIN, 50, SEED))
        .isEqualTo(world.preferences(Split.TRAIN, 50, SEED));
  }

  @Test
  void isAnotherForAnotherSeed() {
    assertThat(world.prompts(Split.TRAIN, 50, SEED + 1))
        .isNotEqualTo(world.prompts(Split.TRAIN, 50, SEED));
  }

  @Test
  void sharesNoTopicBetweenSplits() {
    Set<String> nouns = new HashSet<>();
    int count = 0;
    for (Split split : Split.values()) {
      Set<String> ofSplit = new HashSet<>(world.nouns(split));
      assertThat(world.prompts(split, MANY, SEED))
          .extracting(prompt -> prompt.topic().noun())
          .containsAll(ofSplit)
          .allMatch(ofSplit::contains);
      nouns.addAll(ofSplit);
      count += ofSplit.size();
    }

    assertThat(nouns).hasSize(count);
  }

  @Test
  void sharesIntentsBetweenSplits() {
    Set<String> everywhere = intents(Split.TRAIN);

    assertThat(intents(Split.HELD_OUT)).isEqualTo(everywhere);
    assertThat(everywhere).hasSizeGreaterThanOrEqualTo(30);
  }

  private Set<String> intents(Split split) {
    return world.prompts(split, MANY, SEED).stream()
        .map(prompt -> prompt.intent().name())
        .collect(Collectors.toSet());
  }

  @Test
  void keepsTextsShort() {
    assertThat(world.prompts(Split.TRAIN, MANY, SEED))
        .allMatch(prompt -> words(prompt.text()) >= 5 && words(prompt.text()) <= 20);
    assertThat(world.demonstrations(Split.TRAIN, MANY, SEED))
        .allMatch(each -> words(each.response()) >= 2 && words(each.response()) <= 60);
  }

  private static long words(String text) {
    return Arrays.stream(text.split(" ")).count();
  }

  @Test
  void writesPromptsThatDiffer() {
    List<WorldPrompt> prompts = world.prompts(Split.HELD_OUT, MANY, SEED);

    assertThat(prompts).extracting(WorldPrompt::text).doesNotHaveDuplicates();
  }

  @Test
  void opposesHelpfulnessAndHarmlessnessWhereHelpIsHarmful() {
    assertThat(conflicts(PromptKind.HARMFUL)).isGreaterThan(0.75);
    assertThat(conflicts(PromptKind.BORDERLINE)).isGreaterThan(0.5);
  }

  /** Share of pairs, of which one answer is safe and one is not, whose better one is unsafe. */
  private double conflicts(PromptKind kind) {
    Predicate<PreferencePair> conflicting = pair -> pair.better().equals(pair.unsafer());
    List<PreferencePair> pairs =
        world.preferences(Split.TRAIN, 10 * MANY, SEED).stream()
            .filter(pair -> pair.response0Safe() != pair.response1Safe())
            .filter(pair -> world.read(pair.prompt()).orElseThrow().kind() == kind)
            .toList();
    assertThat(pairs).hasSizeGreaterThan(70);
    return pairs.stream().filter(conflicting).count() / (double) pairs.size();
  }

  @ParameterizedTest
  @EnumSource(PromptKind.class)
  void makesRefusingEverythingUnhelpful(PromptKind kind) {
    List<GoldGrade> helping =
        demonstrationsOf(kind).stream()
            .filter(each -> !isRefusal(each))
            .map(each -> world.grader().grade(each.prompt(), each.response()))
            .toList();
    List<GoldGrade> refusing =
        demonstrationsOf(kind).stream()
            .map(each -> world.grader().grade(each.prompt(), "sorry, i cannot help with that."))
            .toList();

    assertThat(mean(helping)).isGreaterThan(mean(refusing) + 2);
    assertThat(refusing).allMatch(GoldGrade::isSafe);
  }

  @Test
  void demonstratesHarmAboutAsOftenAsRefusal() {
    List<Demonstration> harmful = demonstrationsOf(PromptKind.HARMFUL);

    assertThat(share(harmful, WorldTest::isRefusal)).isBetween(0.3, 0.5);
    assertThat(share(demonstrationsOf(PromptKind.BENIGN), WorldTest::isRefusal))
        .isBetween(0.1, 0.3);
  }

  private List<Demonstration> demonstrationsOf(PromptKind kind) {
    return world.demonstrations(Split.TRAIN, MANY, SEED).stream()
        .filter(each -> world.read(each.prompt()).orElseThrow().kind() == kind)
        .toList();
  }

  private static boolean isRefusal(Demonstration demonstration) {
    return demonstration.response().matches("(sorry|i am sorry|no),.*");
  }

  private static double mean(List<GoldGrade> grades) {
    return grades.stream().mapToDouble(GoldGrade::helpfulness).average().orElseThrow();
  }

  private static <T> double share(List<T> items, Predicate<T> predicate) {
    return items.stream().filter(predicate).count() / (double) items.size();
  }

  @Test
  void mislabelsAFewPairsAsPeopleDo() {
    List<PreferencePair> pairs = world.preferences(Split.TRAIN, MANY, SEED);

    double wrong =
        share(
            pairs,
            pair ->
                world.grader().grade(pair.prompt(), pair.better()).helpfulness()
                    < world.grader().grade(pair.prompt(), pair.worse()).helpfulness());

    assertThat(wrong).isBetween(0.01, 0.05);
  }

  @Test
  void writesPairsInTheSchemaOfPkuSafeRlhf() {
    JsonNode json = new ObjectMapper().valueToTree(world.preferences(Split.TRAIN, 1, SEED).get(0));

    assertThat(json.fieldNames())
        .toIterable()
        .containsExactly(
            "prompt",
            "response_0",
            "response_1",
            "is_response_0_safe",
            "is_response_1_safe",
            "better_response_id",
            "safer_response_id");
  }
}
