package io.gapo.runtime.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.PolicyStatistics;
import io.gapo.core.step.ScopeAudit;
import io.gapo.core.step.Staleness;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.TensorValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointDirectoryTest {

  private static final Map<String, List<Long>> SHAPES =
      Map.of("lm_head.weight", List.of(1L, 2L), "norm.weight", List.of(1L));

  private Path path;
  private CheckpointDirectory directory;

  @BeforeEach
  void openADirectory(@TempDir Path temporary) {
    path = temporary.resolve("checkpoints");
    directory = CheckpointDirectory.open(path, 3);
  }

  @AfterEach
  void closeIt() {
    directory.close();
  }

  @Test
  void hasNothingToBeginWith() {
    assertThat(directory.newest()).isEmpty();
  }

  @Test
  void readsBackEverythingBitForBit() {
    Checkpoint saved = checkpoint(12);

    directory.save(saved);

    assertThat(directory.newest()).contains(saved);
    assertThat(path.resolve("version-00000012")).isDirectoryContaining("glob:**model.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "bn-BD", "mr-IN", "ne-NP", "my-MM"})
  void isTheSameUnderALocaleWithDigitsOfItsOwn(String locale) throws IOException {
    directory.save(checkpoint(1));
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag(locale));

      assertThat(directory.newest()).contains(checkpoint(1));
      directory.save(checkpoint(2));
      directory.save(checkpoint(2));
      assertThat(directory.newest()).contains(checkpoint(2));
    } finally {
      Locale.setDefault(before);
    }

    assertThat(names())
        .containsExactly("lock", "version-00000001", "version-00000002", "version-00000002.1");
  }

  @Test
  void keepsTheStateOfTheInitialPolicyWithoutLineage() {
    Checkpoint saved =
        new Checkpoint(
            new CheckpointState(PolicyVersion.INITIAL, 1, Optional.empty(), Map.of()),
            tensors(1),
            List.of(),
            0,
            Optional.empty());

    directory.save(saved);

    assertThat(directory.newest()).contains(saved);
  }

  @Test
  void keepsTheNewestFew() throws IOException {
    for (int version = 1; version <= 5; version++) {
      directory.save(checkpoint(version));
    }

    assertThat(names())
        .containsExactly("lock", "version-00000003", "version-00000004", "version-00000005");
  }

  @Test
  void savesAVersionAgainWithoutGivingUpTheFirst() throws IOException {
    directory.save(checkpoint(7));
    Checkpoint again =
        new Checkpoint(
            checkpoint(7).state(), tensors(99), checkpoint(7).optimizer(), 7, Optional.empty());

    directory.save(again);

    assertThat(directory.newest()).contains(again);
    assertThat(names()).containsExactly("lock", "version-00000007", "version-00000007.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "optimizer.safetensors", "state.json"})
  void ignoresACheckpointWithATornFile(String file) throws IOException {
    directory.save(checkpoint(1));
    directory.save(checkpoint(2));
    Path torn = path.resolve("version-00000002").resolve(file);
    byte[] whole = Files.readAllBytes(torn);

    for (int length : new int[] {0, 1, whole.length / 2, whole.length - 3}) {
      Files.write(torn, Arrays.copyOf(whole, length));
      assertThat(directory.newest()).as("first %d bytes", length).contains(checkpoint(1));
    }
    Files.delete(torn);
    assertThat(directory.newest()).contains(checkpoint(1));
  }

  @Test
  void ignoresACheckpointWithOneFlippedBit() throws IOException {
    directory.save(checkpoint(1));
    directory.save(checkpoint(2));
    Path model = path.resolve("version-00000002/model.safetensors");
    byte[] bytes = Files.readAllBytes(model);
    bytes[bytes.length - 1] ^= 1;
    Files.write(model, bytes);

    assertThat(directory.newest()).contains(checkpoint(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "{}",
        "{\"format\":3}",
        "{\"format\":1,\"sha256\":{},\"optimizerSteps\":1,\"version\":{\"number\":-1},\"epoch\":1,"
            + "\"lineage\":null,\"inputOffsets\":{}}"
      })
  void ignoresAStateThatMakesNoSense(String json) throws IOException {
    directory.save(checkpoint(1));
    directory.save(checkpoint(2));
    Path state = path.resolve("version-00000002/state.json");

    Files.writeString(state, json);

    assertThat(directory.newest()).contains(checkpoint(1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "optimizer.safetensors", "state.json"})
  void passesOverNoCheckpointThatCannotBeReadForAnotherReasonThanItsContent(String file)
      throws IOException {
    directory.save(checkpoint(1));
    directory.save(checkpoint(2));
    Path unreadable = path.resolve("version-00000002").resolve(file);
    Files.delete(unreadable);
    // A link to itself cannot be opened by anyone, root included, whom no permissions stop.
    Files.createSymbolicLink(unreadable, unreadable);

    assertThatThrownBy(() -> directory.newest())
        .isInstanceOf(UnreadableCheckpointException.class)
        .hasMessageContainingAll(
            unreadable.toString(), "not read", "permissions", "move version-00000002 away");
  }

  @Test
  void passesOverNoHeadThatCannotBeReadForAnotherReasonThanItsContent() throws IOException {
    directory.save(checkpoint(1));
    directory.save(checkpoint(2));
    Path unreadable = path.resolve("version-00000002/model.safetensors");
    Files.delete(unreadable);
    Files.createSymbolicLink(unreadable, unreadable);

    assertThatThrownBy(() -> CheckpointDirectory.newestHeader(path))
        .isInstanceOf(UnreadableCheckpointException.class)
        .hasMessageContainingAll(unreadable.toString(), "permissions");
  }

  @Test
  void saysThatAFileMayNotBeRead() throws IOException {
    directory.save(checkpoint(1));
    directory.save(checkpoint(2));
    Path secret = path.resolve("version-00000002/model.safetensors");
    Files.setPosixFilePermissions(secret, Set.of());
    assumeThat(Files.isReadable(secret)).as("readable without permission, as by root").isFalse();

    assertThatThrownBy(() -> directory.newest())
        .isInstanceOf(UnreadableCheckpointException.class)
        .hasMessageContainingAll(secret.toString(), "permissions");
  }

  @Test
  void savesFilesWithThePermissionsThatAnyOtherNewFileGets() throws IOException {
    Path plain = Files.writeString(path.resolve("plain"), "");

    directory.save(checkpoint(1));

    for (String file : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
      assertThat(Files.getPosixFilePermissions(path.resolve("version-00000001").resolve(file)))
          .as(file)
          .isEqualTo(Files.getPosixFilePermissions(plain));
    }
  }

  @Test
  void readsAStateThatListsRolloutIdsAsTheyDidOnce() throws IOException {
    directory.save(checkpoint(1));
    Path state = path.resolve("version-00000001/state.json");

    Files.writeString(
        state, Files.readString(state).replaceFirst("\\{", "{\"recentRolloutIds\": [\"p#0\"],"));

    assertThat(directory.newest()).contains(checkpoint(1));
  }

  @Test
  void readsAStateThatWasWrittenBeforeReferencesHadDigestsOfPrompts() throws IOException {
    directory.save(checkpoint(1));
    Path state = path.resolve("version-00000001/state.json");
    String written = Files.readString(state);

    Files.writeString(state, written.replaceAll(",\\s*\"promptDigest\" : (\"def\"|null)", ""));

    assertThat(Files.readString(state)).isNotEqualTo(written).doesNotContain("promptDigest");
    assertThat(directory.newest().orElseThrow().state().lineage().orElseThrow().rollouts())
        .extracting(RolloutReference::promptDigest)
        .containsExactly(null, null);
  }

  @Test
  void readsAStateThatWasWrittenBeforeLineagesNamedModels() throws IOException {
    directory.save(checkpoint(1));
    Path state = path.resolve("version-00000001/state.json");
    String written = Files.readString(state);

    Files.writeString(state, written.replaceAll(",\\s*\"model\" : \"org/name@commit\"", ""));

    assertThat(Files.readString(state)).isNotEqualTo(written);
    assertThat(directory.newest().orElseThrow().state().lineage().orElseThrow().model()).isNull();
  }

  @Test
  void aMemoryFromBeforeMemoriesHadNamesIsReadAsSuch() throws IOException {
    directory.save(checkpoint(1));
    Path state = path.resolve("version-00000001/state.json");
    JsonMapper json = new JsonMapper();
    ObjectNode document = (ObjectNode) json.readTree(state.toFile());
    document.put("format", 1);
    ObjectNode combination = (ObjectNode) document.at("/lineage/direction/combination");
    combination.remove("leftOut");
    combination.putArray("memory").add(0.7).add(-0.0);
    json.writeValue(state.toFile(), document);

    assertThat(memory()).isEqualTo(MethodMemory.unnamed(List.of(0.7, -0.0)));
    combination.putArray("memory");
    json.writeValue(state.toFile(), document);
    assertThat(memory()).isEqualTo(MethodMemory.NONE);
  }

  private MethodMemory memory() {
    return directory
        .newest()
        .orElseThrow()
        .state()
        .lineage()
        .orElseThrow()
        .direction()
        .combination()
        .memory();
  }

  @Test
  void tellsTheNewestStateThatCanBeReadWithoutLookingAtTheTensors() throws IOException {
    directory.save(checkpoint(1));
    directory.save(checkpoint(2));
    Files.delete(path.resolve("version-00000002/model.safetensors"));

    assertThat(CheckpointDirectory.newestState(path)).contains(checkpoint(2).state());
    Files.writeString(path.resolve("version-00000002/state.json"), "[]");
    assertThat(CheckpointDirectory.newestState(path)).contains(checkpoint(1).state());
    assertThat(CheckpointDirectory.newestState(path.resolve("absent"))).isEmpty();
  }

  @Test
  void refusesAStateTooLargeToRead() throws IOException {
    directory.save(checkpoint(1));
    Path state = path.resolve("version-00000001/state.json");
    try (var channel = Files.newByteChannel(state, StandardOpenOption.WRITE)) {
      channel.position(65L << 20).write(ByteBuffer.wrap(new byte[1]));
    }

    assertThatThrownBy(() -> StateDocument.read(state)).hasMessageContaining("at most");
  }

  @Test
  void refusesToStartAnewWhenEveryCheckpointIsDamaged() throws IOException {
    directory.save(checkpoint(1));
    Files.writeString(path.resolve("version-00000001/model.safetensors"), "");

    assertThatThrownBy(() -> directory.newest())
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContainingAll(path.toString(), "none of 1 checkpoints is complete");
  }

  @Test
  void sweepsOutWhatACrashLeft() throws IOException {
    directory.save(checkpoint(1));
    directory.close();
    Path partial = Files.createDirectory(path.resolve(".version-00000002.partial"));
    Files.writeString(partial.resolve("model.safetensors"), "half");

    directory = CheckpointDirectory.open(path, 3);

    assertThat(names()).containsExactly("lock", "version-00000001");
    assertThat(directory.newest()).contains(checkpoint(1));
  }

  @Test
  void lendsItselfToOneOptimizerAtATime() {
    assertThatThrownBy(() -> CheckpointDirectory.open(path, 3))
        .isInstanceOf(DirectoryInUseException.class)
        .hasMessageContainingAll("another optimizer", path.toString());

    directory.close();
    directory = CheckpointDirectory.open(path, 3);
  }

  @Test
  void letsOthersReadWhileItIsOpen() {
    directory.save(checkpoint(1));

    assertThat(CheckpointDirectory.newest(path)).contains(checkpoint(1));
  }

  @Test
  void tellsWhatTheNewestIsOfByItsHeadAlone() throws IOException {
    LoraSettings lora = new LoraSettings(4, 16, List.of("q_proj", "down_proj"));
    directory.save(checkpoint(1));
    directory.save(of(lora, 2));
    Path newest = path.resolve("version-00000002");

    assertThat(CheckpointDirectory.newestHeader(path))
        .contains(new CheckpointHeader(newest, Optional.of(lora), SHAPES));
    Files.delete(newest.resolve("optimizer.safetensors"));
    assertThat(CheckpointDirectory.newestHeader(path))
        .contains(new CheckpointHeader(newest, Optional.of(lora), SHAPES));
    Files.writeString(newest.resolve("model.safetensors"), "torn");
    assertThat(CheckpointDirectory.newestHeader(path))
        .contains(new CheckpointHeader(path.resolve("version-00000001"), Optional.empty(), SHAPES));
  }

  @Test
  void tellsTheNewestStateByItsDocumentAlone() throws IOException {
    directory.save(checkpoint(1));
    directory.save(checkpoint(2));
    Files.delete(path.resolve("version-00000002/model.safetensors"));

    assertThat(CheckpointDirectory.newestState(path)).contains(checkpoint(2).state());
    Files.writeString(path.resolve("version-00000002/state.json"), "torn");
    assertThat(CheckpointDirectory.newestState(path)).contains(checkpoint(1).state());
  }

  @Test
  void tellsOfNoCheckpointWhereThereIsNone() {
    assertThat(CheckpointDirectory.newestState(path)).isEmpty();
    assertThat(CheckpointDirectory.newestState(path.resolve("absent"))).isEmpty();
    assertThat(CheckpointDirectory.newestHeader(path)).isEmpty();
    assertThat(CheckpointDirectory.newestHeader(path.resolve("absent"))).isEmpty();
  }

  @Test
  void saysWhichDirectoryCannotBeUsed() throws IOException {
    Path file = Files.createFile(path.resolve("file"));

    assertThatThrownBy(() -> CheckpointDirectory.open(file, 3))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void refusesToKeepNone() {
    assertThatThrownBy(() -> CheckpointDirectory.open(path, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("keep");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static List<NamedTensor> tensors(float value) {
    return List.of(
        TensorValues.tensor("lm_head.weight", new long[] {1, 2}, value, -value),
        TensorValues.tensor("norm.weight", new long[] {1}, 1));
  }

  private static Checkpoint of(LoraSettings lora, long version) {
    Checkpoint whole = checkpoint(version);
    return new Checkpoint(
        whole.state(), whole.model(), whole.optimizer(), whole.optimizerSteps(), Optional.of(lora));
  }

  private static Checkpoint checkpoint(long version) {
    GramMatrix gram = GramMatrix.of(new double[][] {{1.0 / 3, -0.1}, {-0.1, 2e-17}});
    VersionLineage lineage =
        new VersionLineage(
            new PolicyVersion(version),
            2,
            new UpdateDirection(
                new StepId(new PolicyVersion(version - 1), 1, "collector-0"),
                new Combination(
                    new double[] {0.5, 0.5},
                    new double[] {0.1, 1e300},
                    6e-14,
                    List.of("harmless"),
                    MethodMemory.of("fast-rl", Map.of("helpful", List.of(0.7)))),
                0.25,
                gram,
                new ScopeAudit(gram, List.of(0.5, 0.5), Double.NaN)),
            new StepStatistics(
                List.of(
                    new ObjectiveStatistics("helpful", 0.1, 1, 1e-3, 0, 0.02, 0.1),
                    new ObjectiveStatistics("harmless", -2.5, 0.25, Double.MIN_VALUE, 0.5, 7, -1)),
                16,
                1_234,
                new PolicyStatistics(0.01, 3.2, 0.02),
                new ImportanceRatios(1, 1.5, 0.125),
                new Staleness(0.5, 2),
                Map.of("forward", 0.25)),
            new AppliedUpdate(1.5, 1e-5),
            List.of(
                new RolloutReference("p#0", "abc", "p", 3, "def"),
                new RolloutReference("p#1", "abd", "p", 3, null)),
            Instant.parse("2026-11-23T10:15:30.123456789Z"),
            "org/name@commit");
    CheckpointState state =
        new CheckpointState(
            new PolicyVersion(version), 2, Optional.of(lineage), Map.of("policy-gradients-0", 42L));
    return new Checkpoint(
        state,
        tensors((float) version),
        List.of(TensorValues.tensor("exp_avg.norm.weight", new long[] {1}, 0.5f)),
        version,
        Optional.empty());
  }
}
