package io.gapo.objectives.http;

import io.gapo.core.port.Failures;
import io.gapo.core.settings.DurationText;
import io.gapo.objectives.http.CallFailedException.Kind;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Posts one request, once, and judges the status of the answer. Follows no redirect. */
final class HttpCall {

  private final ServiceSettings settings;
  private final Optional<BearerToken> token;
  private final Clock clock;
  private final HttpClient client;

  HttpCall(ServiceSettings settings, Optional<BearerToken> token, Clock clock) {
    this.settings = settings;
    this.token = token;
    this.clock = clock;
    // HTTP/1.1: an offer to upgrade, which HTTP/2 begins with, disturbs some servers.
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(settings.timeout())
            .build();
  }

  /** The body of an answer whose status is 200. */
  byte[] post(byte[] json) throws CallFailedException, InterruptedException {
    HttpResponse<byte[]> answer = answer(request(json));
    int status = answer.statusCode();
    if (status == 200) {
      return answer.body();
    }
    String problem = "answered %s: %s".formatted(status, shown(answer.body()));
    Kind kind =
        switch (status) {
          case 408, 429 -> Kind.BUSY;
          case 400, 413, 422 -> Kind.REFUSED_CONTENT;
          default -> status >= 500 ? Kind.BROKEN : Kind.REFUSED;
        };
    throw new CallFailedException(kind, problem, retryAfter(answer));
  }

  private HttpRequest request(byte[] json) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(settings.url())
            .timeout(settings.timeout())
            .header("Content-Type", "application/json")
            .header("Accept", "application/json")
            .POST(BodyPublishers.ofByteArray(json));
    token.ifPresent(secret -> request.header("Authorization", secret.header()));
    return request.build();
  }

  /** The request's own time-out ends with the answer's headers; this one with its last byte. */
  private HttpResponse<byte[]> answer(HttpRequest request)
      throws CallFailedException, InterruptedException {
    CompletableFuture<HttpResponse<byte[]>> underway =
        client.sendAsync(request, headers -> new BoundedBody((int) settings.maxResponseBytes()));
    try {
      return underway.get(settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw noAnswer();
    } catch (ExecutionException e) {
      throw failure(Failures.cause(e));
    } finally {
      underway.cancel(true);
    }
  }

  private CallFailedException failure(Throwable cause) {
    if (cause instanceof java.net.http.HttpTimeoutException) {
      return noAnswer();
    }
    if (cause instanceof ConnectException) {
      return new CallFailedException(Kind.SILENCE, "cannot be reached: the connection was refused");
    }
    for (Throwable each = cause; each != null; each = each.getCause()) {
      if (each instanceof BadAnswerException) {
        return new CallFailedException(Kind.BROKEN, "answered with " + each.getMessage());
      }
    }
    return new CallFailedException(Kind.SILENCE, "broke off: " + Failures.rootReason(cause));
  }

  private CallFailedException noAnswer() {
    return new CallFailedException(
        Kind.SILENCE, "did not answer within " + DurationText.of(settings.timeout()));
  }

  /** The beginning of a body, without the token that a service may send back. */
  String shown(byte[] body) {
    return hidden(Excerpt.of(body));
  }

  String hidden(String text) {
    return token.map(secret -> secret.hiddenIn(text)).orElse(text);
  }

  /** Seconds or a date; what is neither counts as nothing. */
  private Duration retryAfter(HttpResponse<byte[]> answer) {
    String text = answer.headers().firstValue("Retry-After").orElse("").strip();
    Duration wished = Duration.ZERO;
    try {
      if (text.matches("\\d{1,9}")) {
        wished = Duration.ofSeconds(Long.parseLong(text));
      } else if (!text.isEmpty()) {
        ZonedDateTime until = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
        wished = Duration.between(clock.instant(), until.toInstant());
      }
    } catch (DateTimeException e) {
      return Duration.ZERO;
    }
    if (wished.isNegative()) {
      return Duration.ZERO;
    }
    return wished.compareTo(settings.maxRetryAfter()) < 0 ? wished : settings.maxRetryAfter();
  }
}
