package io.gapo.hub;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a hub. Redirects are followed here, so that the token goes to the endpoint and
 * nowhere else.
 */
final class HubHttp {

  /** A server that is there accepts within a second. */
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private static final int MOST_REDIRECTS = 5;
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  /** Of an answer that is not asked for, such as a page that describes an error. */
  private static final long UNWANTED_BYTES = 1 << 20;

  private static final String AGENT = "gapo-streams";

  private final HubSettings settings;
  private final Duration stall;
  private final HttpClient client;

  /**
   * A client that keeps connections.
   *
   * @param stall a request is given up when no byte came for so long
   */
  HubHttp(HubSettings settings, Duration stall) {
    this.settings = settings;
    this.stall = stall;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(stall.compareTo(CONNECT) < 0 ? stall : CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  /**
   * What to do with the body of a response that is wanted.
   *
   * @param limit in bytes
   * @param written hears how many bytes came so far
   */
  record Target(WritableByteChannel channel, long limit, LongConsumer written) {}

  /** Makes the target once the response's head is there. */
  interface Targets {
    /** Where the body goes. */
    Target of(HttpResponse.ResponseInfo head) throws IOException;
  }

  /**
   * Sends a request, again to where it is redirected.
   *
   * @param redirectIsAnswer whether a redirect says what was to be known
   * @param targets for a body of status 2xx; that of another is thrown away
   * @throws IOException if there is no answer or not all of it, which a repetition may mend
   */
  HttpResponse<Long> send(
      String method,
      URI uri,
      Map<String, String> headers,
      Predicate<HttpResponse<Long>> redirectIsAnswer,
      Targets targets)
      throws IOException {
    URI at = uri;
    for (int redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      HttpResponse<Long> response = once(request(method, at, headers), targets);
      if (!REDIRECTS.contains(response.statusCode()) || redirectIsAnswer.test(response)) {
        return response;
      }
      at = target(at, response);
    }
    throw new HubException(
        "%s redirects more than %s times: look at HF_ENDPOINT"
            .formatted(settings.endpoint(), MOST_REDIRECTS));
  }

  private HttpRequest request(String method, URI uri, Map<String, String> headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("User-Agent", AGENT)
            .header("Accept-Encoding", "identity");
    headers.forEach(request::header);
    if (settings.isEndpoint(uri)) {
      settings
          .token()
          .ifPresent(token -> request.header("Authorization", "Bearer " + token.value()));
    }
    return request.build();
  }

  private URI target(URI from, HttpResponse<Long> redirect) {
    String location = redirect.headers().firstValue("Location").orElse("");
    try {
      URI to = from.resolve(location);
      boolean secure = "https".equals(to.getScheme());
      boolean asSecure = "http".equals(to.getScheme()) && "http".equals(from.getScheme());
      if (!location.isEmpty() && to.getHost() != null && (secure || asSecure)) {
        return to;
      }
    } catch (IllegalArgumentException e) {
      // Told below; where it leads is not printed, since such addresses carry signatures.
    }
    throw new HubException(
        "%s redirects to what is no address, or from https to http: look at HF_ENDPOINT"
            .formatted(from.getHost()));
  }

  /** Neither a head nor a body may keep the caller waiting for ever. */
  private HttpResponse<Long> once(HttpRequest request, Targets targets) throws IOException {
    Watched watched = new Watched(targets);
    CompletableFuture<HttpResponse<Long>> answer = client.sendAsync(request, watched);
    long before = -1;
    while (true) {
      try {
        return answer.get(stall.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        long now = watched.count();
        if (now == before) {
          answer.cancel(true);
          throw new IOException(
              "%s sent nothing for %ss".formatted(request.uri().getHost(), stall.toSeconds()), e);
        }
        before = now;
      } catch (InterruptedException e) {
        answer.cancel(true);
        Thread.currentThread().interrupt();
        throw new HubException("fetching was interrupted: run it again, it goes on from there", e);
      } catch (ExecutionException e) {
        throw failure(e);
      }
    }
  }

  /** Whether not even a connection was made: the name is unknown, or nothing listens. */
  static boolean isWithoutConnection(IOException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException) {
        return true;
      }
    }
    return false;
  }

  /** Whether the name is unknown. */
  static boolean isUnresolved(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
        return true;
      }
    }
    return false;
  }

  private static IOException failure(ExecutionException e) {
    for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
      if (cause instanceof HubException known) {
        throw known;
      }
      if (cause instanceof BoundedBody.NotWrittenException
          || cause instanceof BoundedBody.TooLongException) {
        return (IOException) cause;
      }
    }
    return new IOException(e.getCause());
  }

  /** Looks at the head, and chooses where the body goes. */
  private static final class Watched implements HttpResponse.BodyHandler<Long> {

    private final Targets targets;
    private volatile @Nullable BoundedBody body;

    Watched(Targets targets) {
      this.targets = targets;
    }

    /** Bytes so far, or -1 before the head is there. */
    long count() {
      BoundedBody its = body;
      return its == null ? -1 : its.count();
    }

    @Override
    public HttpResponse.BodySubscriber<Long> apply(HttpResponse.ResponseInfo head) {
      Target target = new Target(new Nowhere(), UNWANTED_BYTES, bytes -> {});
      if (head.statusCode() / 100 == 2) {
        try {
          target = targets.of(head);
        } catch (IOException e) {
          BoundedBody refused = new BoundedBody(new Nowhere(), 0, bytes -> {});
          refused.onError(e);
          body = refused;
          return refused;
        }
      }
      BoundedBody its = new BoundedBody(target.channel(), target.limit(), target.written());
      body = its;
      return its;
    }
  }

  /** Takes bytes that nobody wants. */
  private static final class Nowhere implements WritableByteChannel {
    @Override
    public int write(java.nio.ByteBuffer source) {
      int bytes = source.remaining();
      source.position(source.limit());
      return bytes;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
