package io.gapo.objectives.http;

import io.gapo.core.flow.Backoff;
import io.gapo.core.settings.Bounds;
import io.gapo.core.settings.DurationText;
import io.gapo.core.settings.InvalidSettingException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/**
 * How a service is called.
 *
 * @param url where requests are posted
 * @param batchSize rollouts of one request, at the most
 * @param concurrency requests at a time, at the most
 * @param timeout of one try, answer included
 * @param attempts tries of a request before its rollouts are given up
 * @param backoff between two tries; each pause is shortened by up to a half at random
 * @param maxRetryAfter how long a service may have a try put off
 * @param openAfter failures in a row after which the service is only probed
 * @param probeEvery pause between two such tries
 * @param maxResponseBytes of one answer
 */
public record ServiceSettings(
    URI url,
    int batchSize,
    int concurrency,
    Duration timeout,
    int attempts,
    Backoff backoff,
    Duration maxRetryAfter,
    int openAfter,
    Duration probeEvery,
    long maxResponseBytes) {

  private static final int MOST_CONCURRENT = 256;

  public ServiceSettings {
    Bounds.require(
        url.getHost() != null
            && ("http".equals(url.getScheme()) || "https".equals(url.getScheme())),
        "url",
        "an http or https address",
        url.getScheme() + ":...");
    // Not shown: it is a secret.
    Bounds.require(
        url.getRawUserInfo() == null,
        "url",
        "without a user and password (name a token by token-env)",
        "one with them");
    Bounds.atLeast("batch-size", batchSize, 1);
    Bounds.require(
        concurrency >= 1 && concurrency <= MOST_CONCURRENT,
        "concurrency",
        "from 1 to " + MOST_CONCURRENT,
        concurrency);
    Bounds.positive("timeout", timeout);
    Bounds.atLeast("attempts", attempts, 1);
    Bounds.require(
        !maxRetryAfter.isNegative(),
        "max-retry-after",
        "at least 0",
        DurationText.of(maxRetryAfter));
    Bounds.atLeast("open-after", openAfter, 1);
    Bounds.positive("probe-every", probeEvery);
    Bounds.require(
        maxResponseBytes >= 1 && maxResponseBytes <= Integer.MAX_VALUE / 2,
        "max-response-bytes",
        "from 1 byte to 1 GiB",
        maxResponseBytes);
  }

  /** An address as a user wrote it. */
  public static URI url(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new InvalidSettingException("url", "is no address: " + e.getReason());
    }
  }

  /** The address as messages show it: without a query, which may hold a key. */
  String shownUrl() {
    int port = url.getPort();
    return "%s://%s%s%s"
        .formatted(url.getScheme(), url.getHost(), port < 0 ? "" : ":" + port, url.getRawPath());
  }
}
