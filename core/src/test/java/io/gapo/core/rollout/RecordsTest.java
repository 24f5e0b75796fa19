package io.gapo.core.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.policy.PolicyVersion;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RecordsTest {

  @Test
  void versionsCountUpAndCompare() {
    assertThat(PolicyVersion.INITIAL.next()).isEqualTo(new PolicyVersion(1)).hasToString("v1");
    assertThat(new PolicyVersion(9)).isLessThan(new PolicyVersion(10));
    assertThatThrownBy(() -> new PolicyVersion(-1)).hasMessageContaining("was -1");
  }

  @Test
  void aPromptHasAnIdAndAText() {
    assertThatThrownBy(() -> new Prompt(" ", "text")).hasMessageContaining("prompt id");
    assertThatThrownBy(() -> new Prompt("id", "\n")).hasMessageContaining("prompt text");
  }

  @Test
  void aRequestKeepsItsSeedWhenItsPromptIsCompleted() {
    Prompt prompt = new Prompt("id", "text");
    Prompt completed = prompt.preferring(PromptPreference.of(Map.of("helpful", 1.0)));
    SampleRequest request = SampleRequest.of(prompt, 1, 5);

    assertThat(request.asking(completed).seed()).isEqualTo(request.seed());
    assertThat(request.asking(completed).prompt().preference()).isPresent();
  }

  @Test
  void aScoreThatIsNotFiniteNamesTheObjectiveAndTheRollout() {
    assertThatThrownBy(() -> new Score("p#0", "digest", "harmless", Double.NaN))
        .hasMessage("objective 'harmless' scored rollout p#0 as NaN");
  }

  @Test
  void aRequestsSeedFollowsFromRunPromptAndSample() {
    Prompt prompt = new Prompt("p-17", "Why is the sky blue?");

    SampleRequest request = SampleRequest.of(prompt, 2, 42);

    assertThat(request).isEqualTo(SampleRequest.of(prompt, 2, 42));
    assertThat(request.rolloutId()).isEqualTo("p-17#2");
    assertThat(request.seed())
        .isNotEqualTo(SampleRequest.of(prompt, 2, 43).seed())
        .isNotEqualTo(SampleRequest.of(prompt, 3, 42).seed());
    assertThatThrownBy(() -> new SampleRequest(prompt, -1, 0)).hasMessageContaining("was -1");
  }

  @Test
  void seedsOfNeighborsAreAllDifferent() {
    Set<Long> seeds = new HashSet<>();
    for (int id = 0; id < 1000; id++) {
      for (int sample = 0; sample < 8; sample++) {
        seeds.add(SampleRequest.of(new Prompt("p-" + id, "text"), sample, 1).seed());
      }
    }

    assertThat(seeds).hasSize(8000);
  }
}
