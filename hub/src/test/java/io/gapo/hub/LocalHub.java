package io.gapo.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A hub on this machine with one repository: its API, and on another port the place where large
 * files are kept, as the real one has it. It goes wrong on demand.
 */
final class LocalHub implements AutoCloseable {

  static final String REPOSITORY = "org/tiny-model";
  static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** What was asked for, where, from which byte and by whom. */
  record Request(
      boolean atStore,
      String method,
      String path,
      Optional<String> range,
      Optional<String> authorization) {}

  private record Stored(byte[] content, boolean large) {}

  private final HttpServer api;
  private final HttpServer store;
  private final Map<String, Stored> files = new TreeMap<>();
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Deque<Map.Entry<Integer, String>> failures = new ConcurrentLinkedDeque<>();
  private final Map<String, Deque<Integer>> cuts = new ConcurrentHashMap<>();
  private final Map<String, byte[]> forgeries = new HashMap<>();
  private final Map<String, String> etags = new HashMap<>();
  private Optional<byte[]> listing = Optional.empty();
  private boolean knowsRanges = true;

  LocalHub() throws IOException {
    this(0);
  }

  /**
   * Listens at once.
   *
   * @param port 0 for any
   */
  LocalHub(int port) throws IOException {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
    store = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.createContext("/", exchange -> record(exchange, false));
    store.createContext("/", exchange -> record(exchange, true));
    api.start();
    store.start();
  }

  String endpoint() {
    return address(api);
  }

  private static String address(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** A small file, which git keeps. */
  LocalHub withSmall(String name, String content) {
    files.put(name, new Stored(content.getBytes(StandardCharsets.UTF_8), false));
    return this;
  }

  /** A large file, which is kept elsewhere. */
  LocalHub withLarge(String name, byte[] content) {
    files.put(name, new Stored(content, true));
    return this;
  }

  /**
   * The next answers of the API have these statuses; each with a header Retry-After if not empty.
   */
  void failNext(int status, String retryAfter, int times) {
    for (int time = 0; time < times; time++) {
      failures.add(Map.entry(status, retryAfter));
    }
  }

  /** The next answer with this file ends after so many bytes. */
  void cutNext(String file, int bytes) {
    cuts.computeIfAbsent(file, any -> new ArrayDeque<>()).add(bytes);
  }

  /** Sends other bytes than it announces. */
  void forge(String file, byte[] content) {
    forgeries.put(file, content);
  }

  void announce(String file, String etag) {
    etags.put(file, etag);
  }

  void answerListing(byte[] answer) {
    listing = Optional.of(answer);
  }

  void ignoreRanges() {
    knowsRanges = false;
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  List<Request> requests(String method) {
    return requests.stream().filter(request -> request.method().equals(method)).toList();
  }

  private void record(HttpExchange exchange, boolean atStore) throws IOException {
    try (exchange) {
      requests.add(
          new Request(
              atStore,
              exchange.getRequestMethod(),
              exchange.getRequestURI().getPath(),
              header(exchange, "Range"),
              header(exchange, "Authorization")));
      Map.Entry<Integer, String> failure = atStore ? null : failures.poll();
      if (failure != null) {
        if (!failure.getValue().isEmpty()) {
          exchange.getResponseHeaders().set("Retry-After", failure.getValue());
        }
        exchange.sendResponseHeaders(failure.getKey(), -1);
      } else {
        answer(exchange, atStore);
      }
    }
  }

  private static Optional<String> header(HttpExchange exchange, String name) {
    return Optional.ofNullable(exchange.getRequestHeaders().getFirst(name));
  }

  private void answer(HttpExchange exchange, boolean atStore) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/api/models/%s/revision/main".formatted(REPOSITORY))
        || path.equals("/api/models/%s/revision/%s".formatted(REPOSITORY, COMMIT))) {
      sendBody(exchange, listing.orElseGet(this::list), "", 200, 0);
      return;
    }
    if (path.equals("/api/models/%s/tree/%s".formatted(REPOSITORY, COMMIT))) {
      sendBody(exchange, tree(), "", 200, 0);
      return;
    }
    String file = path.substring(path.lastIndexOf('/') + 1);
    Stored stored = files.get(file);
    if (stored == null || !(atStore || path.startsWith("/%s/resolve/".formatted(REPOSITORY)))) {
      exchange.sendResponseHeaders(404, -1);
    } else if (stored.large() && !atStore) {
      redirect(exchange, file, stored);
    } else {
      send(exchange, file, stored);
    }
  }

  private byte[] list() {
    ObjectNode answer = new ObjectMapper().createObjectNode();
    answer.put("id", REPOSITORY).put("modelId", REPOSITORY).put("sha", COMMIT);
    answer.put("private", false).put("disabled", false).put("gated", false);
    answer.put("downloads", 0).put("likes", 0).putArray("tags");
    ArrayNode siblings = answer.putArray("siblings");
    files.keySet().forEach(name -> siblings.addObject().put("rfilename", name));
    return answer.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The other list, which Python asks for. */
  private byte[] tree() {
    ArrayNode answer = new ObjectMapper().createArrayNode();
    files.forEach(
        (name, stored) -> {
          ObjectNode file = answer.addObject().put("type", "file").put("path", name);
          file.put("size", stored.content().length).put("oid", checksum(stored.content(), false));
          if (stored.large()) {
            file.putObject("lfs")
                .put("oid", checksum(stored.content(), true))
                .put("size", stored.content().length)
                .put("pointerSize", 134);
          }
        });
    return answer.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void redirect(HttpExchange exchange, String file, Stored stored) throws IOException {
    exchange.getResponseHeaders().set("Location", address(store) + "/signed/" + file);
    exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
    exchange.getResponseHeaders().set("X-Linked-Etag", "\"%s\"".formatted(etag(file, stored)));
    exchange.getResponseHeaders().set("X-Linked-Size", Integer.toString(stored.content().length));
    exchange.sendResponseHeaders(302, -1);
  }

  private void send(HttpExchange exchange, String file, Stored stored) throws IOException {
    exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
    exchange.getResponseHeaders().set("ETag", "\"%s\"".formatted(etag(file, stored)));
    exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
    byte[] content = forgeries.getOrDefault(file, stored.content());
    int from =
        header(exchange, "Range")
            .filter(range -> knowsRanges)
            .map(range -> Integer.parseInt(range.replaceAll("bytes=(\\d+)-.*", "$1")))
            .orElse(0);
    if (from > 0) {
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range",
              "bytes %s-%s/%s".formatted(from, content.length - 1, content.length));
    }
    sendBody(exchange, content, file, from > 0 ? 206 : 200, from);
  }

  private void sendBody(HttpExchange exchange, byte[] content, String file, int status, int from)
      throws IOException {
    int length = content.length - from;
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    Integer cut = cuts.getOrDefault(file, new ArrayDeque<>()).poll();
    exchange.sendResponseHeaders(status, length == 0 ? -1 : length);
    exchange.getResponseBody().write(content, from, cut == null ? length : cut);
    exchange.getResponseBody().flush();
  }

  private String etag(String file, Stored stored) {
    return etags.getOrDefault(file, checksum(stored.content(), stored.large()));
  }

  /** As git names a small file, and git LFS a large one. */
  static String checksum(byte[] content, boolean large) {
    try {
      MessageDigest digest = MessageDigest.getInstance(large ? "SHA-256" : "SHA-1");
      if (!large) {
        digest.update(
            String.format(Locale.ROOT, "blob %d\0", content.length)
                .getBytes(StandardCharsets.US_ASCII));
      }
      return HexFormat.of().formatHex(digest.digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    api.stop(0);
    store.stop(0);
  }
}
