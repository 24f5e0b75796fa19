package io.gapo.hub;

import static io.gapo.hub.FetchExamples.MODEL;
import static io.gapo.hub.FetchExamples.WEIGHTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.hub.LocalHub.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelHubTest {

  @TempDir private Path home = Path.of("set by JUnit");
  private FetchExamples examples;

  @BeforeEach
  void startAHub() throws IOException {
    examples = new FetchExamples(home);
  }

  @AfterEach
  void stopTheHub() {
    examples.close();
  }

  @Test
  void fetchesAModelIntoTheLayoutOfHuggingFacesCache() throws IOException {
    FetchedModel fetched = examples.fetch();

    assertThat(fetched.commit()).isEqualTo(LocalHub.COMMIT);
    assertThat(fetched.directory())
        .isEqualTo(examples.repository().resolve("snapshots").resolve(LocalHub.COMMIT));
    assertThat(fetched.directory().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(Files.readSymbolicLink(fetched.directory().resolve("model.safetensors")))
        .hasToString("../../blobs/" + LocalHub.checksum(WEIGHTS, true));
    assertThat(examples.repository().resolve("refs/main")).hasContent(LocalHub.COMMIT);
    assertThat(HubModel.ofSnapshot(fetched.directory())).contains(fetched.model());
  }

  @Test
  void leavesPicklesAndWhatIsNoPartOfAModel() {
    FetchedModel fetched = examples.fetch();

    assertThat(fetched.directory().toFile().list())
        .containsExactlyInAnyOrder(
            "config.json", "generation_config.json", "tokenizer.json", "model.safetensors");
  }

  @Test
  void loadsNothingTwice() {
    examples.fetch();
    int before = examples.hub.requests().size();

    examples.fetch();

    assertThat(examples.hub.requests()).hasSize(before + 1);
  }

  @Test
  void goesOnWhereAConnectionBroke() {
    int cut = WEIGHTS.length * 2 / 5;
    examples.hub.cutNext("model.safetensors", cut);

    FetchedModel fetched = examples.fetch();

    assertThat(fetched.directory().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(rangesAtStore()).containsExactly("bytes=%s-".formatted(cut));
    assertThat(examples.pauses).containsExactly(Duration.ofSeconds(1));
  }

  @Test
  void goesOnInTheNextRunWhereAnInterruptedOneStopped() {
    int cut = WEIGHTS.length * 2 / 5;
    examples.hub.cutNext("model.safetensors", cut);
    examples.attempts = 1;

    assertThatThrownBy(examples::fetch).hasMessageContaining("loading model.safetensors");
    assertThat(examples.incompleteWeights()).hasSize(cut);
    FetchedModel fetched = examples.fetch();

    assertThat(fetched.directory().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(rangesAtStore()).containsExactly("bytes=%s-".formatted(cut));
    assertThat(examples.incompleteWeights()).doesNotExist();
  }

  @Test
  void beginsAgainAtAServerThatSendsTheWholeInsteadOfTheRest() {
    examples.hub.cutNext("model.safetensors", 1000);
    examples.hub.ignoreRanges();

    FetchedModel fetched = examples.fetch();

    assertThat(fetched.directory().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  private List<String> rangesAtStore() {
    return examples.hub.requests().stream()
        .filter(Request::atStore)
        .flatMap(request -> request.range().stream())
        .toList();
  }

  @Test
  void refusesAndRemovesALargeFileOfAnotherChecksum() {
    byte[] forged = WEIGHTS.clone();
    forged[forged.length / 2] ^= 1;
    examples.hub.forge("model.safetensors", forged);

    assertThatThrownBy(examples::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining("checksum")
        .hasMessageContaining("run it again");
    assertThat(examples.incompleteWeights()).doesNotExist();
    assertThat(examples.repository().resolve("snapshots")).doesNotExist();
  }

  @Test
  void refusesASmallFileOfAnotherChecksum() {
    examples.hub.forge("tokenizer.json", new byte[] {'[', ']'});

    assertThatThrownBy(examples::fetch)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining("checksum");
  }

  @Test
  void refusesAFileThatIsLongerThanAnnounced() {
    examples.hub.forge("model.safetensors", new byte[WEIGHTS.length + 1]);

    assertThatThrownBy(examples::fetch).hasMessageContaining("longer than");
  }

  @Test
  void triesAgainWhenTheHubIsBusyAndWaitsAsLongAsItAsks() {
    examples.hub.failNext(429, "17", 1);
    examples.hub.failNext(503, "", 2);

    examples.fetch();

    assertThat(examples.pauses)
        .containsExactly(Duration.ofSeconds(17), Duration.ofSeconds(2), Duration.ofSeconds(4));
  }

  @Test
  void waitsAMinuteAtMostWhateverTheHubAsks() {
    examples.hub.failNext(429, "86400", 1);

    examples.fetch();

    assertThat(examples.pauses).containsExactly(Duration.ofMinutes(1));
  }

  @Test
  void sendsTheTokenToTheHubAndNotToWhereItRedirects() {
    examples.environment.put("HF_TOKEN", "hf_secret");

    examples.fetch();

    assertThat(examples.hub.requests())
        .filteredOn(request -> !request.atStore())
        .allMatch(
            request -> request.authorization().filter("Bearer hf_secret"::equals).isPresent());
    assertThat(examples.hub.requests())
        .filteredOn(Request::atStore)
        .isNotEmpty()
        .allMatch(request -> request.authorization().isEmpty());
    assertThat(examples.notes).noneMatch(note -> note.contains("hf_secret"));
  }

  @Test
  void asksForACommitByItsName() {
    FetchedModel fetched = examples.fetch(new HubModel(LocalHub.REPOSITORY, LocalHub.COMMIT));

    assertThat(fetched.commit()).isEqualTo(LocalHub.COMMIT);
    assertThat(examples.repository().resolve("refs")).doesNotExist();
  }

  @Test
  void loadsNothingIfTheDiskHasNoRoom() {
    examples.free = WEIGHTS.length;

    assertThatThrownBy(examples::fetch)
        .hasMessageContaining("3.0 MB")
        .hasMessageContaining("HF_HOME");
    assertThat(examples.hub.requests()).noneMatch(Request::atStore);
  }

  @Test
  void letsOneOfTwoFetchAtATime() {
    CompletableFuture<FetchedModel> one = CompletableFuture.supplyAsync(examples::fetch);
    CompletableFuture<FetchedModel> other = CompletableFuture.supplyAsync(examples::fetch);

    assertThat(one.join()).isEqualTo(other.join());
    assertThat(examples.hub.requests("GET")).filteredOn(Request::atStore).hasSize(1);
  }

  @Test
  void loadsOnlyWhatAnInterruptedRunOfPythonsLeftOut() throws IOException {
    examples.cacheAsPythonDoes();
    Files.delete(examples.repository().resolve("snapshots/" + LocalHub.COMMIT + "/tokenizer.json"));

    FetchedModel fetched = examples.fetch();

    assertThat(fetched.directory().resolve("tokenizer.json")).hasContent("{}");
    assertThat(examples.hub.requests("GET")).noneMatch(Request::atStore);
  }

  @Test
  void usesWhatPythonFetchedWhenOffline() throws IOException {
    examples.cacheAsPythonDoes();
    examples.environment.put("HF_HUB_OFFLINE", "1");

    FetchedModel fetched = examples.fetch();

    assertThat(fetched.commit()).isEqualTo(LocalHub.COMMIT);
    assertThat(fetched.directory().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(examples.hub.requests()).isEmpty();
  }

  @Test
  void usesTheCacheIfTheHubCannotBeReached() throws IOException {
    examples.cacheAsPythonDoes();
    examples.hub.close();

    FetchedModel fetched = examples.fetch();

    assertThat(fetched.commit()).isEqualTo(LocalHub.COMMIT);
    assertThat(examples.notes).anyMatch(note -> note.contains("the cache has " + LocalHub.COMMIT));
  }

  @Test
  void namesTheCacheThatLacksTheModelWhenOffline() {
    examples.environment.put("HF_HUB_OFFLINE", "1");

    assertThatThrownBy(examples::fetch)
        .isInstanceOf(HubException.class)
        .hasMessageContaining(MODEL.toString())
        .hasMessageContaining(examples.repository().toString())
        .hasMessageContaining("refs/main")
        .hasMessageContaining("HF_HUB_OFFLINE");
  }

  @Test
  void namesTheCacheThatLacksTheModelWhenTheHubCannotBeReached() {
    examples.hub.close();

    assertThatThrownBy(examples::fetch)
        .hasMessageContaining(examples.repository().toString())
        .hasMessageContaining("failed 3 times, the last time because the connection is refused")
        .hasMessageContaining("HF_ENDPOINT");
    assertThat(examples.pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void saysAtOnceThatTheHubsNameDoesNotResolve() {
    examples.environment.put("HF_ENDPOINT", "http://hub.invalid");

    assertThatThrownBy(examples::fetch)
        .hasMessageContaining("the name does not resolve")
        .hasMessageNotContaining("Exception");
    assertThat(examples.pauses).isEmpty();
  }

  @Test
  void doesNotUseASnapshotThatLacksAFile() throws IOException {
    examples.cacheAsPythonDoes();
    Files.delete(examples.blob(WEIGHTS, true));
    examples.environment.put("HF_HUB_OFFLINE", "1");

    assertThatThrownBy(examples::fetch).hasMessageContaining("lacks model.safetensors");
  }
}
