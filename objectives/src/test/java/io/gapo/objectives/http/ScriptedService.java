package io.gapo.objectives.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A real HTTP server that answers as the test wrote it down; the last line again and again. */
final class ScriptedService implements AutoCloseable {

  /** What the server does with one request. */
  @FunctionalInterface
  interface Line {
    void answer(HttpExchange exchange, String body) throws IOException;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Line> script = new ConcurrentLinkedQueue<>();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<String> bodies = Collections.synchronizedList(new ArrayList<>());
  private final List<String> authorizations = Collections.synchronizedList(new ArrayList<>());

  ScriptedService(Line... lines) {
    script.addAll(List.of(lines));
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/score", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  URI url() {
    return URI.create(
        "http://127.0.0.1:%s/score?key=query-key".formatted(server.getAddress().getPort()));
  }

  /** What was asked so far. */
  List<String> bodies() {
    return List.copyOf(bodies);
  }

  /** The header of each request, "none" where there is none. */
  List<String> authorizations() {
    return List.copyOf(authorizations);
  }

  private void handle(HttpExchange exchange) throws IOException {
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    bodies.add(body);
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    authorizations.add(authorization == null ? "none" : authorization);
    Line line = script.size() > 1 ? script.remove() : script.element();
    try (exchange) {
      line.answer(exchange, body);
    }
  }

  static Line json(String answer) {
    return status(200, answer, Map.of());
  }

  static Line answering(Function<String, String> answer) {
    return (exchange, body) -> json(answer.apply(body)).answer(exchange, body);
  }

  static Line status(int status, String answer, Map<String, String> headers) {
    return (exchange, body) -> {
      headers.forEach(exchange.getResponseHeaders()::set);
      byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** Begins an answer, and ends it when the server is closed. */
  Line silence() {
    return (exchange, body) -> {
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write('{');
      exchange.getResponseBody().flush();
      try {
        closing.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    };
  }

  /** Adds a line that needs the server. */
  ScriptedService then(Line line) {
    script.add(line);
    return this;
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
