package io.gapo.ops.metrics;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.MetricsConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Predicate;

/** Answers {@code /metrics}, {@code /health/live} and {@code /health/ready} over HTTP. */
public final class MetricsServer implements AutoCloseable {

  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final int OK = 200;
  private static final int NOT_FOUND = 404;
  private static final int METHOD_NOT_ALLOWED = 405;
  private static final int UNAVAILABLE = 503;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

  private final HttpServer server;
  private final ExecutorService threads;

  private record Answer(int status, String contentType, String body) {}

  private interface Page {
    Answer answer(HttpExchange exchange);
  }

  private MetricsServer(HttpServer server, ExecutorService threads) {
    this.server = server;
    this.threads = threads;
  }

  /**
   * Starts to answer.
   *
   * @throws ConfigurationException if the port is in use or the host is none of this machine
   */
  public static MetricsServer start(
      MetricsConfig config, PrometheusMeterRegistry registry, Health health) {
    HttpServer server = bind(config);
    ExecutorService threads =
        Executors.newFixedThreadPool(
            2,
            task -> {
              Thread thread = new Thread(task, "metrics-server");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    serve(server, "/metrics", exchange -> scrape(registry, exchange));
    serve(server, "/health/live", exchange -> health(health, Health.Snapshot::live));
    serve(server, "/health/ready", exchange -> health(health, Health.Snapshot::ready));
    serve(server, "/", exchange -> index());
    server.start();
    return new MetricsServer(server, threads);
  }

  private static HttpServer bind(MetricsConfig config) {
    InetSocketAddress address = new InetSocketAddress(config.host(), config.port());
    if (address.isUnresolved()) {
      throw new ConfigurationException(
          "gapo.metrics.host",
          "'%s' is unknown: name an interface of this machine".formatted(config.host()));
    }
    try {
      return HttpServer.create(address, 0);
    } catch (BindException e) {
      if (!isOfThisMachine(address.getAddress())) {
        throw new ConfigurationException(
            "gapo.metrics.host",
            "'%s' is no address of this machine: name one of its interfaces"
                .formatted(config.host()));
      }
      throw new ConfigurationException(
          "cannot serve metrics at %s:%s (%s): set gapo.metrics.port to a free port, 0 is any"
              .formatted(config.host(), config.port(), e.getMessage()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOfThisMachine(InetAddress address) {
    try {
      return address.isAnyLocalAddress() || NetworkInterface.getByInetAddress(address) != null;
    } catch (SocketException e) {
      return true; // not known to be another's
    }
  }

  private static void serve(HttpServer server, String path, Page page) {
    server.createContext(
        path,
        exchange -> {
          try (exchange) {
            send(exchange, answer(path, page, exchange));
          }
        });
  }

  private static Answer answer(String path, Page page, HttpExchange exchange) {
    String method = exchange.getRequestMethod();
    if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      return new Answer(METHOD_NOT_ALLOWED, TEXT, "only GET and HEAD are allowed\n");
    }
    if (!exchange.getRequestURI().getPath().equals(path)) {
      return new Answer(NOT_FOUND, TEXT, "there are /metrics, /health/live and /health/ready\n");
    }
    return page.answer(exchange);
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", answer.contentType());
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(answer.status(), -1);
    } else {
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }

  private static Answer scrape(PrometheusMeterRegistry registry, HttpExchange exchange) {
    String accepted = exchange.getRequestHeaders().getFirst("Accept");
    String type =
        accepted != null && accepted.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
    return new Answer(OK, type, registry.scrape(type));
  }

  private static Answer health(Health health, Predicate<Health.Snapshot> question) {
    Health.Snapshot snapshot = health.snapshot();
    boolean yes = question.test(snapshot);
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("status", yes ? "UP" : "DOWN");
    body.put("draining", snapshot.draining());
    body.put("components", snapshot.components());
    try {
      return new Answer(
          yes ? OK : UNAVAILABLE, "application/json", JSON.writeValueAsString(body) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Answer index() {
    return new Answer(OK, TEXT, "GAPO Streams\n/metrics\n/health/live\n/health/ready\n");
  }

  /** Where it answers. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }
}
