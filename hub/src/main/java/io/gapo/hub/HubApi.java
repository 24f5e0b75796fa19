package io.gapo.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the hub is asked: which files a revision has, and what each is. */
final class HubApi {

  private static final Set<Integer> BUSY = Set.of(408, 425, 429, 500, 502, 503, 504);
  private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");

  /** A listing of a thousand files takes a tenth of it. */
  private static final long JSON_BYTES = 16L << 20;

  private static final int ATTEMPTS_TO_CONNECT = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HubSettings settings;
  private final HubHttp http;
  private final Retries retries;

  HubApi(HubSettings settings, HubHttp http, Retries retries) {
    this.settings = settings;
    this.http = http;
    this.retries = retries;
  }

  /**
   * What a revision stands for now.
   *
   * @param files all of its files
   */
  record Listing(HubModel model, List<String> files) {
    Listing {
      files = List.copyOf(files);
    }
  }

  /**
   * Resolves a revision.
   *
   * @throws HubUnreachableException if the hub does not answer
   * @throws HubException if there is no such model or revision, or it may not be read
   */
  Listing listing(HubModel model, Progress progress) {
    URI uri =
        uri("/api/models/%s/revision/%s".formatted(model.repository(), encoded(model.revision())));
    String what = "asking %s for %s".formatted(settings.endpoint(), model);
    progress.note(what);
    return listing(
        model,
        retries.run(
            what,
            progress,
            new Retries.Attempt<byte[]>() {
              @Override
              public byte[] make() throws IOException {
                return listing(uri, model);
              }

              /** A hub that starts or a network that fails over needs seconds, not minutes. */
              @Override
              public int mostAttempts(IOException failure) {
                if (HubHttp.isUnresolved(failure)) {
                  return 1;
                }
                return HubHttp.isWithoutConnection(failure)
                    ? ATTEMPTS_TO_CONNECT
                    : Retries.Attempt.super.mostAttempts(failure);
              }
            }));
  }

  private byte[] listing(URI uri, HubModel model) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    HttpResponse<Long> response =
        http.send(
            "GET",
            uri,
            Map.of(),
            redirect -> false,
            head -> new HubHttp.Target(Channels.newChannel(bytes), JSON_BYTES, count -> {}));
    requireOk(model, "", response);
    return bytes.toByteArray();
  }

  private Listing listing(HubModel model, byte[] answer) {
    try {
      JsonNode document = JSON.readTree(answer);
      String commit = document.path("sha").asText();
      JsonNode siblings = document.path("siblings");
      if (HubModel.isCommit(commit) && siblings.isArray()) {
        List<String> files = new ArrayList<>();
        siblings.forEach(file -> files.add(file.path("rfilename").asText()));
        return new Listing(model.at(commit), files);
      }
    } catch (JsonProcessingException e) {
      throw notAHub("answers what is not JSON", e);
    } catch (IOException e) {
      throw new IllegalStateException("bytes in memory can be read", e);
    }
    throw notAHub("answers without commit and files", null);
  }

  private HubException notAHub(String how, @Nullable Throwable e) {
    return new HubException(
        "%s %s: it is not a hub, look at HF_ENDPOINT".formatted(settings.endpoint(), how), e);
  }

  /**
   * What a file is.
   *
   * @param model at its commit
   */
  RemoteFile describe(HubModel model, String file, Progress progress) {
    HttpHeaders headers =
        retries.run(
            "asking %s for %s of %s".formatted(settings.endpoint(), file, model),
            progress,
            () -> {
              HttpResponse<Long> response =
                  http.send(
                      "HEAD",
                      file(model, file),
                      Map.of(),
                      redirect -> describes(redirect.headers()),
                      head -> new HubHttp.Target(Channels.newChannel(sink()), 0, count -> {}));
              if (!describes(response.headers())) {
                requireOk(model, file, response);
              }
              return response.headers();
            });
    String commit = headers.firstValue("X-Repo-Commit").orElse(model.revision());
    String etag = etag(headers);
    Optional<Long> size = size(headers);
    if (!commit.equals(model.revision()) || !Checksum.isOne(etag) || size.isEmpty()) {
      throw new HubException(
          "%s does not say commit, checksum and size of %s of %s, so that it cannot be checked: look"
                  .formatted(settings.endpoint(), file, model)
              + " at HF_ENDPOINT");
    }
    return new RemoteFile(file, new Checksum(etag), size.get());
  }

  private static ByteArrayOutputStream sink() {
    return new ByteArrayOutputStream();
  }

  /** A redirect to where large files are kept says itself what they are. */
  private static boolean describes(HttpHeaders headers) {
    return headers.firstValue("X-Linked-Etag").isPresent()
        && headers.firstValue("X-Linked-Size").isPresent();
  }

  private static String etag(HttpHeaders headers) {
    return headers
        .firstValue("X-Linked-Etag")
        .or(() -> headers.firstValue("ETag"))
        .orElse("")
        .replaceFirst("^W/", "")
        .replace("\"", "")
        .toLowerCase(Locale.ROOT);
  }

  private static Optional<Long> size(HttpHeaders headers) {
    return headers
        .firstValue("X-Linked-Size")
        .or(() -> headers.firstValue("Content-Length"))
        .filter(text -> text.matches("\\d{1,15}"))
        .map(Long::valueOf);
  }

  /** Where a file is. */
  URI file(HubModel model, String file) {
    return uri(
        "/%s/resolve/%s/%s"
            .formatted(model.repository(), encoded(model.revision()), encoded(file)));
  }

  /**
   * Looks at a response's status.
   *
   * @param file that was asked for; empty if it was the model
   * @throws Retries.BusyException if it may be another one later
   * @throws HubException if not
   */
  void requireOk(HubModel model, String file, HttpResponse<Long> response) throws IOException {
    int status = response.statusCode();
    if (status / 100 == 2) {
      return;
    }
    if (BUSY.contains(status)) {
      throw new Retries.BusyException(
          status,
          response
              .headers()
              .firstValue("Retry-After")
              .filter(text -> SECONDS.matcher(text).matches())
              .map(text -> Duration.ofSeconds(Long.parseLong(text))));
    }
    String what = file.isEmpty() ? model.toString() : "%s of %s".formatted(file, model);
    throw new HubException(
        switch (status) {
          case 401 ->
              "%s: there is no such directory, and %s has no such model or does not show it to %s: check the name, accept the model's"
                      .formatted(what, settings.endpoint(), asker())
                  + " licence on its page if it asks for that, and set HF_TOKEN to a token that may read"
                  + " it";
          case 403 ->
              "%s: %s does not let %s read it: accept the model's licence at %s/%s, and set HF_TOKEN to"
                      .formatted(
                          what,
                          settings.endpoint(),
                          asker(),
                          settings.endpoint(),
                          model.repository())
                  + " a token that may read it";
          case 404 ->
              "%s: there is no such directory, and %s has no such model or revision: check the name"
                  .formatted(what, settings.endpoint());
          default ->
              "%s: %s answers %s: look at HF_ENDPOINT".formatted(what, settings.endpoint(), status);
        });
  }

  private String asker() {
    return settings.token().isPresent() ? "the owner of HF_TOKEN" : "one without HF_TOKEN";
  }

  private URI uri(String path) {
    return URI.create(settings.endpoint() + path);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
