package io.gapo.ops.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.ops.config.GapoConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnweighedPreferencesTest {

  private static final Prompt PLAIN = new Prompt("plain", "Hi");
  private static final Prompt PREFERRING =
      new Prompt("p1", "Hi").preferring(PromptPreference.of(Map.of("a", 1.0)));

  private final List<String> warnings = new ArrayList<>();

  @Test
  void namesTheFirstPromptWhosePreferenceTheMethodIgnores() {
    UnweighedPreferences preferences = of("gapo", "{preference} {prompt}");

    preferences.look(PLAIN);
    assertThat(warnings).isEmpty();
    preferences.look(PREFERRING);
    preferences.look(PREFERRING);

    assertThat(warnings)
        .singleElement()
        .asString()
        .contains(
            "Prompt p1 carries a preference",
            "gapo.combination.method gapo",
            "gapo.sampling.preference-template");
  }

  @Test
  void isSilentWhereTheMethodWeighsByItOrThePolicyDoesNotReadIt() {
    of("conditioned-p-gapo", "{preference} {prompt}").look(PREFERRING);
    of("gapo", "").look(PREFERRING);

    assertThat(warnings).isEmpty();
  }

  private UnweighedPreferences of(String method, String template) {
    return new UnweighedPreferences(
        GapoConfig.from(
            ConfigFactory.parseMap(
                    Map.of(
                        "gapo.combination.method",
                        method,
                        "gapo.sampling.preference-template",
                        template,
                        "gapo.objectives",
                        ConfigFactory.parseString(
                                "list = [{name = a, scored-by = reward-scorer, rule {kind ="
                                    + " sentiment}}]")
                            .getList("list")
                            .unwrapped()))
                .withFallback(ConfigFactory.load())),
        warnings::add);
  }
}
