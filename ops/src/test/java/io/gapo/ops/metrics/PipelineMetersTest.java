package io.gapo.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.OffPolicyTokens;
import io.gapo.ops.display.ExampleLineage;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PipelineMetersTest {

  private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
  private static final List<String> OBJECTIVES = List.of("helpful", "harmless");

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final PipelineMeters meters =
      new PipelineMeters(registry, OBJECTIVES, Clock.fixed(START, ZoneOffset.UTC));

  @Test
  void showsTheFiguresOfTheNewestStep() {
    meters.versionMade(ExampleLineage.of(1, START.plusSeconds(10), OBJECTIVES));
    meters.versionMade(ExampleLineage.of(2, START.plusSeconds(30), OBJECTIVES));

    assertThat(scrape().samples())
        .contains(
            entry("gapo_objective_score{objective=\"helpful\"}", 0.5),
            entry("gapo_objective_score{objective=\"harmless\"}", 1.5),
            entry("gapo_objective_score_normalised{objective=\"harmless\"}", 1.25),
            entry("gapo_objective_nonnegative_ratio{objective=\"harmless\"}", 0.75),
            entry("gapo_objective_weight{objective=\"harmless\"}", 0.5),
            entry("gapo_objective_gradient_norm{objective=\"harmless\"}", 2.0),
            entry("gapo_gradient_cosine{first=\"helpful\",second=\"harmless\"}", 0.0),
            entry("gapo_policy_kl_nats", 0.0125),
            entry("gapo_policy_entropy_nats", 2.5),
            entry("gapo_policy_kl_coefficient", 0.02),
            entry("gapo_policy_clip_fraction", 0.03),
            entry("gapo_offpolicy_trained_tokens{staleness=\"0\"}", 75.0),
            entry("gapo_offpolicy_mismatch_kl_nats{staleness=\"2\"}", 0.02),
            entry("gapo_offpolicy_effective_sample_size_ratio{staleness=\"2\"}", 0.5),
            entry("gapo_offpolicy_masked_ratio{staleness=\"2\"}", 0.25),
            entry("gapo_policy_importance_ratio", 1.01),
            entry("gapo_policy_importance_ratio_max", 1.5),
            entry("gapo_policy_gradient_norm", 1.25),
            entry("gapo_policy_learning_rate", 1e-4),
            entry("gapo_rollout_staleness_versions", 0.5),
            entry("gapo_rollout_staleness_max_versions", 1.0),
            entry("gapo_tokens_total{use=\"trained\"}", 6400.0),
            entry("gapo_step_seconds_count", 1.0),
            entry("gapo_step_seconds_sum", 20.0));
  }

  @Test
  void showsWhichObjectivesTheNewestStepLeftOut() {
    meters.versionMade(
        ExampleLineage.leavingOut(1, START.plusSeconds(10), OBJECTIVES, List.of("harmless")));

    assertThat(scrape().samples())
        .contains(
            entry("gapo_objective_left_out{objective=\"helpful\"}", 0.0),
            entry("gapo_objective_left_out{objective=\"harmless\"}", 1.0));
  }

  @Test
  void aStalenessThatTheNewestStepHasNoTokensOfHasNoValue() {
    meters.versionMade(ExampleLineage.of(1, START.plusSeconds(10), OBJECTIVES));
    ImportanceRatios onPolicy =
        new ImportanceRatios(
            1, 1, 0, new TreeMap<>(Map.of(0L, new OffPolicyTokens(100, 0, 1, 1, 0))));
    meters.versionMade(ExampleLineage.ofRatios(2, START.plusSeconds(30), OBJECTIVES, onPolicy));

    assertThat(scrape().samples())
        .containsEntry("gapo_offpolicy_masked_ratio{staleness=\"0\"}", 0.0)
        .containsEntry("gapo_offpolicy_masked_ratio{staleness=\"2\"}", Double.NaN);
  }

  @Test
  void countsNothingOfVersionsFromBeforeTheProcessStarted() {
    meters.versionMade(ExampleLineage.of(1, START.minusSeconds(10), OBJECTIVES));

    assertThat(scrape().samples())
        .contains(
            entry("gapo_objective_score{objective=\"helpful\"}", 0.5),
            entry("gapo_tokens_total{use=\"trained\"}", 0.0));
  }

  @Test
  void countsWhatStagesReport() {
    Reports.oneOfEach(meters);

    assertThat(scrape().samples())
        .contains(
            entry("gapo_tokens_total{use=\"sampled\"}", 5.0),
            entry("gapo_rollout_length_tokens_count", 1.0),
            entry("gapo_rollouts_outstanding", 3.0),
            entry("gapo_rollouts_quota", 8.0),
            entry(
                "gapo_step_phase_seconds_sum{phase=\"decode\",stage=\"rollout-generator\"}", 0.25),
            entry("gapo_stage_wait_seconds_sum{stage=\"optimizer\"}", 2.0),
            entry("gapo_scores_awaited_rollouts{objective=\"tone\"}", 3.0),
            entry("gapo_scores_longest_wait_seconds{objective=\"tone\"}", 1.5),
            entry(
                "gapo_quarantined_records_total{stage=\"rollout-generator\",topic=\"gapo.prompts\"}",
                1.0),
            entry(
                "gapo_transfers_skipped_total{stage=\"optimizer\",topic=\"gapo.policy-gradients\"}",
                1.0),
            entry("gapo_settled_skipped_total{stage=\"gradient-collector\"}", 1.0),
            entry("gapo_rollouts_settled_total{fate=\"stale\"}", 1.0),
            entry("gapo_rollouts_settled_total{fate=\"trained\"}", 0.0),
            entry("gapo_policy_version{stage=\"optimizer\"}", 7.0),
            entry("gapo_steps_refused_total", 1.0));
  }

  @Test
  void describesEveryMeterAndNamesItByPrometheusRules() {
    Reports.oneOfEach(meters);
    meters.versionMade(ExampleLineage.of(1, START.plusSeconds(10), OBJECTIVES));
    try (ProcessMeters process = new ProcessMeters(registry)) {
      PrometheusText text = scrape();

      assertThat(text.problems("gapo_")).isEmpty();
      assertThat(text.families())
          .containsKeys("jvm_memory_used_bytes", "process_cpu_usage", "jvm_info")
          .hasSizeGreaterThan(40);
      assertThat(process).isNotNull();
    }
  }

  @Test
  void hasEveryObjectivesMetersBeforeTheFirstStep() {
    assertThat(scrape().sampleNames())
        .contains("gapo_objective_score", "gapo_gradient_cosine", "gapo_policy_kl_nats");
  }

  private PrometheusText scrape() {
    return PrometheusText.parse(registry.scrape());
  }
}
