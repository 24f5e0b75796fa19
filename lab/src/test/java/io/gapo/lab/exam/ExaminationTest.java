package io.gapo.lab.exam;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.core.rollout.Rollout;
import io.gapo.lab.world.Split;
import io.gapo.lab.world.World;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExaminationTest {

  private static final long SEED = 3;

  private final World world = new World();

  @Test
  void asksOnlyAboutHeldOutTopics() {
    Set<String> heldOut = Set.copyOf(world.nouns(Split.HELD_OUT));

    Examination examination = Examination.of(world.prompts(Split.HELD_OUT, 40, SEED), SEED);

    assertThat(examination.prompts())
        .hasSize(40)
        .allMatch(
            prompt -> heldOut.contains(world.read(prompt.text()).orElseThrow().topic().noun()));
    assertThat(examination.prompts()).extracting(Prompt::id).doesNotHaveDuplicates();
  }

  @Test
  void returnsOneAnswerAPromptInTheirOrder() {
    Examination examination = Examination.of(world.prompts(Split.HELD_OUT, 10, SEED), SEED);

    List<Rollout> answers = examination.answers(new AnswersInTurn(3, text -> "about " + text));

    assertThat(answers)
        .extracting(Rollout::promptId)
        .containsExactlyElementsOf(examination.prompts().stream().map(Prompt::id).toList());
    assertThat(answers).allMatch(answer -> answer.response().equals("about " + answer.prompt()));
  }

  @Test
  void asksTheSamePromptsWithAPreference() {
    PromptPreference preference = PromptPreference.of(Map.of("helpful", 1.0));
    Examination plain = Examination.of(world.prompts(Split.HELD_OUT, 5, SEED), SEED);

    assertThat(plain.preferring(preference).prompts())
        .allMatch(prompt -> prompt.preference().equals(Optional.of(preference)))
        .extracting(Prompt::text)
        .containsExactlyElementsOf(plain.prompts().stream().map(Prompt::text).toList());
  }

  @Test
  void drawsAnswersFromTheSeedAlone() {
    List<Long> seeds = seeds(SEED);

    assertThat(seeds).doesNotHaveDuplicates().isEqualTo(seeds(SEED));
    assertThat(seeds(SEED + 1)).doesNotContainAnyElementsOf(seeds);
  }

  private static List<Long> seeds(long seed) {
    List<Prompt> prompts = List.of(new Prompt("p-a", "x"), new Prompt("p-b", "y"));
    return new Examination(prompts, seed)
        .answers(new AnswersInTurn(2, text -> text)).stream().map(Rollout::seed).toList();
  }
}
