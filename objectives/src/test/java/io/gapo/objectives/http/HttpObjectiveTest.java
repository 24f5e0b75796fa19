package io.gapo.objectives.http;

import static io.gapo.objectives.http.ScriptedService.answering;
import static io.gapo.objectives.http.ScriptedService.json;
import static io.gapo.objectives.http.ScriptedService.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gapo.core.flow.Backoff;
import io.gapo.core.port.UnscorableRolloutsException;
import io.gapo.core.rollout.Rollout;
import io.gapo.objectives.Responses;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class HttpObjectiveTest {

  private static final String GOOD = "{\"scores\": {\"helpful\": [0.25]}}";
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final String SECRET = "s3cr3t-t0ken";
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-11-30T12:00:00Z"), ZoneOffset.UTC);

  private final WaitsOnPaper waits = new WaitsOnPaper();
  private final List<Rollout> one = List.of(Responses.of("a", "yes"));

  @Test
  void scoresComeBackInOrderFromSeveralRequestsAtATime() {
    List<Rollout> rollouts =
        IntStream.range(0, 11).mapToObj(i -> Responses.of("p" + i, "r" + i)).toList();
    try (ScriptedService service = new ScriptedService(answering(HttpObjectiveTest::lastDigits));
        HttpObjective objective = objective(service.url(), LONG)) {
      assertThat(objective.score(rollouts)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
      assertThat(service.bodies()).hasSize(3);
    }
  }

  @Test
  void aBusyServiceIsLeftAloneForAsLongAsItWishes() {
    try (ScriptedService service =
            new ScriptedService(
                status(429, "slow down", Map.of("Retry-After", "7")),
                status(503, "later", Map.of("Retry-After", "Mon, 30 Nov 2026 12:00:20 GMT")),
                json(GOOD));
        HttpObjective objective = objective(service.url(), LONG)) {
      assertThat(objective.score(one)).containsExactly(0.25);
    }

    assertThat(waits.pauses()).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(20));
  }

  @Test
  void noServicePutsATryOffForEver() {
    try (ScriptedService service =
            new ScriptedService(status(429, "", Map.of("Retry-After", "999999999")), json(GOOD));
        HttpObjective objective = objective(service.url(), LONG)) {
      assertThat(objective.score(one)).containsExactly(0.25);
    }

    assertThat(waits.pauses()).containsExactly(Duration.ofSeconds(60));
  }

  @Test
  void failuresThatPassCostGrowingPausesOnly() {
    try (ScriptedService service =
            new ScriptedService(
                status(500, "oops", Map.of()), status(502, "oops", Map.of()), json(GOOD));
        HttpObjective objective = objective(service.url(), LONG)) {
      assertThat(objective.score(one)).containsExactly(0.25);
    }

    assertThat(waits.pauses()).hasSize(2);
    assertThat(waits.pauses().get(0)).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
    assertThat(waits.pauses().get(1)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void pausesDependOnTheSeedAlone() {
    for (int i = 0; i < 2; i++) {
      try (ScriptedService service =
              new ScriptedService(status(500, "oops", Map.of()), json(GOOD));
          HttpObjective objective = objective(service.url(), LONG)) {
        assertThat(objective.score(one)).containsExactly(0.25);
      }
    }

    assertThat(waits.pauses()).hasSize(2);
    assertThat(waits.pauses().get(0)).isEqualTo(waits.pauses().get(1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"scores\": {\"helpful\": []}}        | answered with 0 values under 'scores.helpful', expected 1",
        "{\"scores\": {\"helpful\": [1, 2]}}    | answered with 2 values under 'scores.helpful', expected 1",
        "{\"scores\": {\"harmless\": [1]}}      | answered with no list of numbers under 'scores.helpful'",
        "[1]                                    | answered with no list of numbers under 'scores.helpful'",
        "<html><b>502 Bad Gateway</b></html>    | answered with no JSON: '<html><b>502 Bad Gateway</b></html>'",
        "{\"scores\": {\"helpful\": [1]}} so    | answered with no JSON",
        "{\"scores\": {\"helpful\": [1          | answered with no JSON",
      })
  void whatIsNoListOfScoresIsAFailureOfEveryTry(String answer, String reason) {
    try (ScriptedService service = new ScriptedService(json(answer));
        HttpObjective objective = objective(service.url(), LONG)) {
      assertThat(reason(objective)).contains(reason).contains("try 4 of 4");
      assertThat(service.bodies()).hasSize(4);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"NaN", "Infinity", "-Infinity", "null", "\"0.5\"", "true", "[1]", "1e999"})
  void whatIsNoFiniteNumberIsNoScore(String value) {
    List<Rollout> rollouts = List.of(Responses.of("a", "yes"), Responses.of("b", "no"));
    try (ScriptedService service =
            new ScriptedService(json("{\"scores\": {\"helpful\": [%s, 1]}}".formatted(value)));
        HttpObjective objective = objective(service.url(), LONG)) {
      UnscorableRolloutsException unscorable = unscorable(objective, rollouts);

      assertThat(unscorable.reason("a#0").orElseThrow())
          .contains("objective 'helpful' cannot score it", "no finite number");
      assertThat(unscorable.reason("b#0")).isEmpty();
      assertThat(service.bodies()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 403, 404, 418})
  void aRefusalIsFinal(int status) {
    try (ScriptedService service =
            new ScriptedService(
                status(status, "no", Map.of("Location", "http://127.0.0.1:1/elsewhere")));
        HttpObjective objective = objective(service.url(), LONG)) {
      assertThat(reason(objective)).contains("answered " + status + ": 'no'");
      assertThat(service.bodies()).hasSize(1);
    }
  }

  @Test
  void aServiceThatDoesNotFinishItsAnswerIsAFailure() {
    try (ScriptedService service = new ScriptedService()) {
      service.then(service.silence());
      try (HttpObjective objective = objective(service.url(), SHORT)) {
        assertThat(reason(objective)).contains("did not answer within 300ms");
      }
    }
  }

  @Test
  void nobodyThereIsAFailure() {
    URI nowhere;
    try (ScriptedService service = new ScriptedService(json(GOOD))) {
      nowhere = service.url();
    }
    try (HttpObjective objective = objective(nowhere, LONG)) {
      assertThat(reason(objective)).contains("the connection was refused (try 4 of 4)");
    }
  }

  @Test
  void aHugeAnswerIsNotRead() {
    String huge = "{\"scores\": {\"helpful\": [%s1]}}".formatted(" ".repeat(3_000_000));
    try (ScriptedService service = new ScriptedService(json(huge));
        HttpObjective objective = objective(service.url(), LONG)) {
      assertThat(reason(objective)).contains("answered with more than 10000 bytes");
    }
  }

  @Test
  void oneRolloutThatTheServiceRefusesDoesNotCostTheOthersTheirScores() {
    List<Rollout> rollouts =
        List.of(Responses.of("a", "good 1"), Responses.of("b", "poison"), Responses.of("c", "3"));
    try (ScriptedService service =
            new ScriptedService(
                (exchange, body) ->
                    (body.contains("poison")
                            ? status(413, "too long", Map.of())
                            : json(lastDigits(body)))
                        .answer(exchange, body));
        HttpObjective objective = objective(service.url(), LONG)) {
      UnscorableRolloutsException unscorable = unscorable(objective, rollouts);

      assertThat(unscorable.reason("a#0")).isEmpty();
      assertThat(unscorable.reason("b#0").orElseThrow()).contains("answered 413: 'too long'");
      assertThat(unscorable.reason("c#0")).isEmpty();
    }
  }

  @Test
  void aServiceThatIsDownIsProbedOnceInAWhile() {
    try (ScriptedService service = new ScriptedService(status(500, "down", Map.of()));
        HttpObjective objective = objective(service.url(), LONG)) {
      reason(objective);
      int before = waits.pauses().size();
      reason(objective);

      assertThat(service.bodies()).hasSize(8);
      assertThat(waits.pauses().stream().skip(before).reduce(Duration.ZERO, Duration::plus))
          .as("two tries close the circuit's way, then one a minute")
          .isGreaterThanOrEqualTo(Duration.ofMinutes(3));
    }
  }

  @Test
  void aServiceThatIsBackIsAskedAtOnceAgain() {
    try (ScriptedService service =
            new ScriptedService(
                status(500, "down", Map.of()),
                status(500, "down", Map.of()),
                status(500, "down", Map.of()),
                status(500, "down", Map.of()),
                status(500, "down", Map.of()),
                json(GOOD));
        HttpObjective objective = objective(service.url(), LONG)) {
      reason(objective);
      assertThat(objective.score(one)).containsExactly(0.25);
      int before = waits.pauses().size();

      assertThat(objective.score(one)).containsExactly(0.25);

      assertThat(waits.pauses()).hasSize(before);
    }
  }

  @Test
  void theTokenIsSentAndShownNowhere() {
    Logger root = (Logger) LoggerFactory.getLogger("io.gapo.objectives");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    Level before = root.getLevel();
    root.setLevel(Level.TRACE);
    try (ScriptedService service =
            new ScriptedService(status(500, "you sent Bearer " + SECRET, Map.of()));
        HttpObjective objective = objective(service.url(), LONG)) {
      String reason = reason(objective);

      assertThat(service.authorizations()).containsOnly("Bearer " + SECRET);
      assertThat(reason).contains("you sent Bearer ***").doesNotContain(SECRET, "query-key");
      assertThat(log.list).isNotEmpty();
      assertThat(log.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .noneMatch(line -> line.contains(SECRET) || line.contains("query-key"));
      assertThat(BearerToken.of("TOKEN", SECRET)).hasToString("the token in TOKEN");
    } finally {
      root.setLevel(before);
      root.detachAppender(log);
    }
  }

  /** For each rollout the last digit of its response. */
  private static String lastDigits(String request) {
    StringBuilder scores = new StringBuilder();
    for (var rollout : Json.parsed(request).path("rollouts")) {
      String response = rollout.path("response").asText();
      scores.append(scores.isEmpty() ? "" : ",").append(response.charAt(response.length() - 1));
    }
    return "{\"scores\": {\"helpful\": [%s]}}".formatted(scores);
  }

  private String reason(HttpObjective objective) {
    return unscorable(objective, one).reason("a#0").orElseThrow();
  }

  private static UnscorableRolloutsException unscorable(
      HttpObjective objective, List<Rollout> rollouts) {
    return catchThrowableOfType(UnscorableRolloutsException.class, () -> objective.score(rollouts));
  }

  private HttpObjective objective(URI url, Duration timeout) {
    return new HttpObjective(
        "helpful",
        new GapoProtocol("helpful"),
        new ServiceSettings(
            url,
            4,
            2,
            timeout,
            4,
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30)),
            Duration.ofSeconds(60),
            5,
            Duration.ofMinutes(1),
            10_000),
        Optional.of(BearerToken.of("TOKEN", SECRET)),
        7,
        waits,
        NOON);
  }
}
