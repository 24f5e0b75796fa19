package io.gapo.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class DashboardTest {

  private static final Pattern METRIC = Pattern.compile("\\b(gapo|jvm|process)_[a-z_]+");

  @Test
  void drawsOnlyMetersThatThereAre() throws IOException {
    Set<String> drawn = new TreeSet<>();
    for (JsonNode panel : panels()) {
      for (JsonNode target : panel.path("targets")) {
        METRIC
            .matcher(target.path("expr").textValue())
            .results()
            .map(MatchResult::group)
            .forEach(drawn::add);
      }
    }

    assertThat(exported()).containsAll(drawn);
    assertThat(drawn).hasSizeGreaterThan(25);
  }

  @Test
  void explainsEveryPanel() throws IOException {
    assertThat(panels())
        .filteredOn(panel -> !panel.path("type").textValue().equals("row"))
        .allSatisfy(panel -> assertThat(panel.path("description").textValue()).isNotBlank());
  }

  /**
   * The meters of a process that runs all stages; the lag needs a broker, and a pause needs a full
   * heap.
   */
  private static Set<String> exported() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    PipelineMeters meters =
        new PipelineMeters(registry, List.of("helpful", "harmless"), Clock.systemUTC());
    Reports.oneOfEach(meters);
    try (ProcessMeters process = new ProcessMeters(registry)) {
      assertThat(process).isNotNull();
      Set<String> names = PrometheusText.parse(registry.scrape()).sampleNames();
      names.add("gapo_kafka_lag_records");
      names.add("jvm_gc_pause_seconds_sum");
      return names;
    }
  }

  private static List<JsonNode> panels() throws IOException {
    try (InputStream file =
        Objects.requireNonNull(DashboardTest.class.getResourceAsStream("/dashboards/gapo.json"))) {
      JsonNode root = new ObjectMapper().readTree(file);
      return StreamSupport.stream(root.path("panels").spliterator(), false).toList();
    }
  }
}
