package io.gapo.hub;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** A small model on a local hub, and who fetches it. */
final class FetchExamples implements AutoCloseable {

  static final HubModel MODEL = new HubModel(LocalHub.REPOSITORY, "main");
  static final byte[] WEIGHTS = weights();

  final LocalHub hub;
  final Path home;
  final List<Duration> pauses = new ArrayList<>();
  final List<String> notes = new ArrayList<>();
  final Map<String, String> environment = new TreeMap<>();
  long free = Long.MAX_VALUE;
  int attempts = 4;

  FetchExamples(Path home) throws IOException {
    this.home = home;
    this.hub =
        new LocalHub()
            .withSmall("config.json", "{\"model_type\": \"llama\"}")
            .withSmall("tokenizer.json", "{}")
            .withSmall("generation_config.json", "")
            .withSmall("README.md", "# A model")
            .withSmall("pytorch_model.bin", "pickle")
            .withLarge("model.safetensors", WEIGHTS);
    environment.put("HF_HOME", home.toString());
    environment.put("HF_ENDPOINT", hub.endpoint());
  }

  private static byte[] weights() {
    byte[] bytes = new byte[3_000_000];
    new Random(7).nextBytes(bytes);
    return bytes;
  }

  FetchedModel fetch() {
    return fetch(MODEL);
  }

  FetchedModel fetch(HubModel model) {
    ModelHub client =
        new ModelHub(
            HubSettings.from(environment),
            new Retries(attempts, Duration.ofSeconds(1), Duration.ofSeconds(60), pauses::add),
            Duration.ofSeconds(60),
            directory -> free);
    return client.fetch(
        model,
        new Progress() {
          @Override
          public void note(String message) {
            notes.add(message);
          }

          @Override
          public void advanced(String file, long done, long total) {}
        });
  }

  Path repository() {
    return home.resolve("hub/models--org--tiny-model");
  }

  Path blob(byte[] content, boolean large) {
    return repository().resolve("blobs").resolve(LocalHub.checksum(content, large));
  }

  Path incompleteWeights() {
    return BlobDownload.incomplete(blob(WEIGHTS, true));
  }

  /** What {@code huggingface_hub} leaves when it has fetched a whole model. */
  void cacheAsPythonDoes() throws IOException {
    Path snapshot =
        Files.createDirectories(repository().resolve("snapshots").resolve(LocalHub.COMMIT));
    Files.createDirectories(repository().resolve("blobs"));
    Path refs = Files.createDirectories(repository().resolve("refs"));
    Files.writeString(refs.resolve("main"), LocalHub.COMMIT);
    place(
        snapshot,
        "config.json",
        "{\"model_type\": \"llama\"}".getBytes(StandardCharsets.UTF_8),
        false);
    place(snapshot, "tokenizer.json", "{}".getBytes(StandardCharsets.UTF_8), false);
    place(snapshot, "generation_config.json", new byte[0], false);
    place(snapshot, "model.safetensors", WEIGHTS, true);
  }

  private void place(Path snapshot, String name, byte[] content, boolean large) throws IOException {
    Path blob = blob(content, large);
    Files.write(blob, content);
    Files.createSymbolicLink(
        snapshot.resolve(name), Path.of("../../blobs").resolve(blob.getFileName()));
  }

  @Override
  public void close() {
    hub.close();
  }
}
