package io.gapo.ops.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.StringJoiner;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A scorer over HTTP on which nothing can be relied: most of its answers are none, and it knows no
 * score of one prompt in five. What it does score, it scores above 0.
 */
final class UnreliableScorer implements AutoCloseable {

  private final ObjectMapper json = new ObjectMapper();
  private final Random moods = new Random(3);
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  UnreliableScorer() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/score", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:%s/score".formatted(server.getAddress().getPort());
  }

  /** Whether it never scores the rollouts of this prompt. */
  static boolean isUnknown(String promptId) {
    return Integer.parseInt(promptId.substring(1)) % 5 == 0;
  }

  private void handle(HttpExchange exchange) throws IOException {
    JsonNode request = json.readTree(exchange.getRequestBody().readAllBytes());
    try (exchange) {
      switch (mood()) {
        case 0 -> answer(exchange, 500, "down");
        case 1 -> answer(exchange, 200, "<html>one moment, please</html>");
        case 2 -> answer(exchange, 200, "{\"scores\": {\"served\": []}}");
        case 3 -> answer(exchange, 429, "slow down");
        case 4 -> {
          // Nothing: the connection breaks off.
        }
        default -> answer(exchange, 200, scores(request));
      }
    }
  }

  private synchronized int mood() {
    return moods.nextInt(10);
  }

  private static String scores(JsonNode request) {
    StringJoiner scores = new StringJoiner(",", "{\"scores\": {\"served\": [", "]}}");
    for (JsonNode rollout : request.path("rollouts")) {
      String id = rollout.path("id").asText();
      int length = rollout.path("response").asText().length();
      scores.add(isUnknown(id.substring(0, id.indexOf('#'))) ? "NaN" : String.valueOf(1 + length));
    }
    return scores.toString();
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
