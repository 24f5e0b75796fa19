package io.gapo.ops.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.MetricsConfig;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MetricsServerTest {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Health health = new Health();
  private final MetricsServer server =
      MetricsServer.start(new MetricsConfig("127.0.0.1", 0), registry, health);
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void servesMetricsInPrometheusText() throws Exception {
    PipelineMeters meters =
        new PipelineMeters(registry, List.of("helpful", "harmless"), Clock.systemUTC());
    meters.tokensSampled(3);

    HttpResponse<String> answer = get("/metrics");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(PrometheusText.parse(answer.body()).samples())
        .containsEntry("gapo_tokens_total{use=\"sampled\"}", 3.0);
  }

  @Test
  void servesOpenMetricsToWhoAsksForThem() throws Exception {
    HttpResponse<String> answer =
        send(request("/metrics").header("Accept", "application/openmetrics-text;version=1.0.0"));

    assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/openmetrics-text");
    assertThat(answer.body()).endsWith("# EOF\n");
  }

  @Test
  void isReadyWhenEveryComponentIsAndSaysWhyItIsNot() throws Exception {
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);

    health.starting("optimizer", "restoring the newest checkpoint");
    health.ready("kafka");
    HttpResponse<String> starting = get("/health/ready");
    assertThat(starting.statusCode()).isEqualTo(503);
    JsonNode optimizer = json(starting).at("/components/optimizer");
    assertThat(optimizer.path("status").textValue()).isEqualTo("STARTING");
    assertThat(optimizer.path("reason").textValue()).isEqualTo("restoring the newest checkpoint");

    health.ready("optimizer");
    HttpResponse<String> ready = get("/health/ready");
    assertThat(ready.statusCode()).isEqualTo(200);
    assertThat(ready.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(json(ready).path("status").textValue()).isEqualTo("UP");

    health.notReady("kafka", "no broker answers");
    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
  }

  @Test
  void isNotReadyButLivesWhileItDrains() throws Exception {
    health.ready("optimizer");

    health.draining();

    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(json(get("/health/ready")).path("draining").booleanValue()).isTrue();
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void livesUntilAComponentHasFailed() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);

    health.failed("optimizer", "the checkpoint directory is gone");

    HttpResponse<String> answer = get("/health/live");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.body()).contains("the checkpoint directory is gone");
  }

  @Test
  void refusesWhatItDoesNotHave() throws Exception {
    assertThat(get("/metricsandmore").statusCode()).isEqualTo(404);
    assertThat(get("/health").statusCode()).isEqualTo(404);
    assertThat(get("/").statusCode()).isEqualTo(200);
    HttpResponse<String> posted =
        send(request("/metrics").POST(HttpRequest.BodyPublishers.ofString("x")));
    assertThat(posted.statusCode()).isEqualTo(405);
    assertThat(posted.headers().firstValue("Allow")).hasValue("GET, HEAD");
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    HttpResponse<String> answer =
        send(request("/metrics").method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void namesTheSettingWhenItsPortIsTaken() {
    MetricsConfig taken = new MetricsConfig("127.0.0.1", server.address().getPort());

    assertThatThrownBy(() -> MetricsServer.start(taken, registry, health))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("127.0.0.1:" + taken.port())
        .hasMessageContaining("set gapo.metrics.port to a free port");
  }

  @Test
  void namesTheSettingWhenItsHostIsAnotherMachine() {
    // The address is of a block that is kept for documentation.
    assertThatThrownBy(
            () -> MetricsServer.start(new MetricsConfig("203.0.113.7", 0), registry, health))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.metrics.host '203.0.113.7' is no address of this machine");
  }

  @Test
  void namesTheSettingWhenItsHostIsUnknown() {
    assertThatThrownBy(
            () ->
                MetricsServer.start(new MetricsConfig("no.such.host.invalid", 0), registry, health))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.metrics.host 'no.such.host.invalid' is unknown");
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:%d%s".formatted(server.address().getPort(), path)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> answer) throws IOException {
    return new ObjectMapper().readTree(answer.body());
  }
}
