package io.gapo.objectives.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.gapo.core.port.Failures;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.DurationText;
import io.gapo.objectives.http.CallFailedException.Kind;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a service for scores, again and again within bounds. Thread-safe. */
final class Service {

  private static final Logger log = LoggerFactory.getLogger(Service.class);

  private final ServiceSettings settings;
  private final Protocol protocol;
  private final Waits waits;
  private final HttpCall call;
  private final Circuit circuit;
  private final Random jitter;

  /**
   * @param seed of the pauses' random parts
   */
  Service(
      ServiceSettings settings,
      Protocol protocol,
      Optional<BearerToken> token,
      long seed,
      Waits waits,
      Clock clock) {
    this.settings = settings;
    this.protocol = protocol;
    this.waits = waits;
    this.call = new HttpCall(settings, token, clock);
    this.circuit =
        new Circuit(settings.shownUrl(), settings.openAfter(), settings.probeEvery(), waits);
    this.jitter = new Random(seed);
  }

  /**
   * One value a rollout, as the service gave it.
   *
   * @param attempts tries at the most
   * @throws CallFailedException if the last try failed, with its reason
   */
  List<JsonNode> ask(List<Rollout> rollouts, int attempts)
      throws CallFailedException, InterruptedException {
    byte[] request = Json.bytes(protocol.request(rollouts));
    for (int attempt = 1; ; attempt++) {
      circuit.await();
      try {
        List<JsonNode> scores = once(request, rollouts);
        circuit.succeeded();
        return scores;
      } catch (CallFailedException e) {
        if (e.kind().isFault()) {
          circuit.failed(Failures.reason(e));
        } else {
          circuit.succeeded();
        }
        if (!e.kind().mayPass() || attempt >= attempts) {
          throw new CallFailedException(
              e.kind(),
              "%s %s (try %s of %s)"
                  .formatted(settings.shownUrl(), e.getMessage(), attempt, attempts));
        }
        Duration pause = pause(attempt, e.retryAfter());
        log.info(
            "{} {}; try {} follows in {}",
            settings.shownUrl(),
            e.getMessage(),
            attempt + 1,
            DurationText.rounded(pause));
        waits.pause(pause);
      }
    }
  }

  /** Whether the service is down, as far as is known. */
  boolean isDown() {
    return circuit.isOpen();
  }

  private List<JsonNode> once(byte[] request, List<Rollout> rollouts)
      throws CallFailedException, InterruptedException {
    try {
      return protocol.scores(Json.read(call.post(request)), rollouts);
    } catch (BadAnswerException e) {
      throw new CallFailedException(
          Kind.BROKEN, "answered with " + call.hidden(String.valueOf(e.getMessage())));
    }
  }

  /** Half of the back-off at the least, so that callers which failed together come back apart. */
  private Duration pause(int failures, Duration retryAfter) {
    Duration backoff = settings.backoff().pause(failures);
    double share;
    synchronized (jitter) {
      share = 0.5 + 0.5 * jitter.nextDouble();
    }
    Duration jittered = Duration.ofNanos((long) (backoff.toNanos() * share));
    return jittered.compareTo(retryAfter) > 0 ? jittered : retryAfter;
  }
}
