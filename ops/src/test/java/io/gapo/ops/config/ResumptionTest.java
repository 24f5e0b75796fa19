package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.combine.MethodMemory;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.step.UpdateDirection;
import io.gapo.ops.display.ExampleLineage;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaLayout;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.safetensors.TensorValues;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumptionTest {

  private static final LoraSettings LORA = new LoraSettings(4, 16, List.of("q_proj", "v_proj"));
  private static final Path POLICY = Path.of("..", "demo", "policy");
  private static final String REMEDY =
      "set it back, or name an empty gapo.training.checkpoint-directory and another"
          + " gapo.kafka.topic-prefix to start again from the beginning";

  @TempDir Path checkpoints = Path.of("set by JUnit");

  @Test
  void goesOnFromACheckpointOfTheSameAdapter() {
    save(Optional.of(LORA));

    assertThatCode(() -> require(lora(4, 16, "v_proj", "q_proj"))).doesNotThrowAnyException();
  }

  @Test
  void goesOnFromAPolicyTrainedAsAWhole() {
    save(Optional.empty());

    assertThatCode(() -> require(Map.of())).doesNotThrowAnyException();
  }

  @Test
  void startsWithWhateverIsAskedForWhereThereIsNoCheckpoint() {
    Map<String, Object> absent = new HashMap<>(lora(8, 32, "k_proj"));
    absent.put("gapo.training.checkpoint-directory", checkpoints.resolve("to be made").toString());

    assertThatCode(() -> require(lora(8, 32, "k_proj"))).doesNotThrowAnyException();
    assertThatCode(() -> require(absent)).doesNotThrowAnyException();
  }

  @Test
  void namesARankThatChanged() {
    save(Optional.of(LORA));

    refuses(lora(8, 16, "q_proj", "v_proj"), "gapo.policy.lora.rank was 4 and is now 8");
  }

  @Test
  void namesAnAlphaThatChanged() {
    save(Optional.of(LORA));

    refuses(lora(4, 32, "q_proj", "v_proj"), "gapo.policy.lora.alpha was 16.0 and is now 32.0");
  }

  @Test
  void namesTargetsThatChanged() {
    save(Optional.of(LORA));

    refuses(
        lora(4, 16, "q_proj"), "gapo.policy.lora.targets was [q_proj, v_proj] and is now [q_proj]");
  }

  @Test
  void namesEverythingThatChangedAtOnce() {
    save(Optional.of(LORA));

    refuses(
        lora(8, 32, "q_proj", "v_proj"),
        "gapo.policy.lora.rank was 4 and is now 8, gapo.policy.lora.alpha was 16.0 and is now 32.0");
  }

  @Test
  void doesNotGoOnWithLoraFromAPolicyTrainedAsAWhole() {
    save(Optional.empty());

    refuses(lora(4, 16, "q_proj"), "gapo.policy.lora.rank was null and is now 4");
  }

  @Test
  void doesNotGoOnAsAWholeFromAnAdapter() {
    save(Optional.of(LORA));

    refuses(
        Map.of(),
        "gapo.policy.lora.rank was 4 with alpha 16.0 and targets [q_proj, v_proj] and is now null");
  }

  @Test
  void namesTheAdapterThatIsNotTheOneTheTrainingBeganWith(@TempDir Path adapter) {
    saveAdapter(adapter, new LoraSettings(2, 8, List.of("q_proj")));
    Map<String, Object> settings = Map.of("gapo.policy.adapter", adapter.toString());
    save(Optional.of(LORA));

    refuses(
        settings,
        "gapo.policy.adapter was of rank 4 with alpha 16.0 and targets [q_proj, v_proj] and is now"
            + " %s, of rank 2 with alpha 8.0 and targets [q_proj]".formatted(adapter));
    save(Optional.empty());
    refuses(settings, "gapo.policy.adapter was '' and is now " + adapter);
    save(Optional.of(new LoraSettings(2, 8, List.of("q_proj"))));
    assertThatCode(() -> require(settings)).doesNotThrowAnyException();
  }

  @Test
  void namesTheObjectivesThatTheCheckpointIsOf() {
    save(Optional.empty(), List.of("helpful", "harmless"));

    refuses(Map.of(), "gapo.objectives was [helpful, harmless] and is now [concise]");
  }

  @Test
  void namesObjectivesAndAdapterThatChangedAtOnce() {
    save(Optional.of(LORA), List.of("concise", "helpful"));

    refuses(
        lora(8, 16, "q_proj", "v_proj"),
        "gapo.objectives was [concise, helpful] and is now [concise], gapo.policy.lora.rank was 4"
            + " and is now 8");
  }

  @Test
  void namesTheTensorThatHasAnotherShapeInAnotherPolicy(@TempDir Path other) throws IOException {
    save(Optional.empty());

    refuses(
        policyWith(other, "\"vocab_size\" : 1000"),
        "gapo.policy.directory is now %s, another model: its model.embed_tokens.weight is of shape [1000, 128], the checkpoint's of shape [1024, 128]"
            .formatted(other));
  }

  @Test
  void namesTheTensorThatTheAdapterOfAnotherPolicyHasNot(@TempDir Path other) throws IOException {
    save(Optional.of(LORA));
    Map<String, Object> settings = new HashMap<>(lora(4, 16, "q_proj", "v_proj"));
    settings.putAll(policyWith(other, "\"num_hidden_layers\" : 3"));

    refuses(
        settings,
        "gapo.policy.directory is now %s, another model: its base_model.model.model.layers.3.self_attn.q_proj.lora_A.weight is missing, the checkpoint's of shape [4, 128]"
            .formatted(other));
  }

  @Test
  void continuesFromAMemoryThatItsMethodLearnedAndWithMethodsThatLearnNothing() {
    save(MethodMemory.of("fast-rl", Map.of("concise", List.of(-0.5))));

    assertThatCode(() -> require(Map.of("gapo.combination.method", "fast-rl")))
        .doesNotThrowAnyException();
    assertThatCode(() -> require(Map.of())).doesNotThrowAnyException();
  }

  @Test
  void doesNotContinueWithAMemoryThatAnotherMethodLearned() {
    save(MethodMemory.of("fast-rl", Map.of("concise", List.of(-0.5))));
    Map<String, Object> safe =
        Map.of(
            "gapo.combination.method", "safe-rlhf",
            "gapo.combination.safe-rlhf.constraints", List.of("concise"),
            "gapo.combination.gradient-clip", "before");

    assertThatThrownBy(() -> require(safe))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(
            "gapo.combination.method safe-rlhf",
            checkpoints.toString(),
            "which is that of fast-rl",
            "set gapo.combination.method back");
  }

  @Test
  void doesNotContinueWithAMemoryThatDoesNotSayWhoseItsNumbersAre() {
    save(MethodMemory.unnamed(List.of(-0.5)));

    assertThatThrownBy(() -> require(Map.of("gapo.combination.method", "fast-rl")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("does not say which objective its numbers are of");
    assertThatCode(() -> require(Map.of())).doesNotThrowAnyException();
  }

  /** The demo's policy but for one line of its configuration. */
  private static Map<String, Object> policyWith(Path directory, String line) throws IOException {
    String key = line.substring(0, line.indexOf(':') + 1);
    String config = Files.readString(POLICY.resolve("config.json"));
    Files.writeString(directory.resolve("config.json"), config.replaceFirst(key + " \\d+", line));
    return Map.of("gapo.policy.directory", directory.toString());
  }

  private void refuses(Map<String, Object> settings, String change) {
    assertThatThrownBy(() -> require(settings))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContainingAll(checkpoints.toString(), change, REMEDY);
  }

  private void require(Map<String, Object> changes) {
    Map<String, Object> settings =
        Map.of(
            "gapo.policy.directory",
            POLICY.toString(),
            "gapo.training.checkpoint-directory",
            checkpoints.toString(),
            "gapo.objectives",
            List.of(
                Map.of(
                    "name",
                    "concise",
                    "scored-by",
                    "reward-scorer",
                    "rule",
                    Map.of("kind", "conciseness"))));
    new PartSettings(GapoConfig.from(ConfigFiles.load(Optional.empty(), changes, settings)))
        .requireResumable();
  }

  private static Map<String, Object> lora(int rank, double alpha, String... targets) {
    return Map.of(
        "gapo.policy.lora.rank", rank,
        "gapo.policy.lora.alpha", alpha,
        "gapo.policy.lora.targets", List.of(targets));
  }

  private void save(Optional<LoraSettings> lora) {
    save(lora, List.of("concise"));
  }

  private void save(Optional<LoraSettings> lora, List<String> objectives) {
    save(lora, objectives, MethodMemory.NONE);
  }

  private void save(MethodMemory memory) {
    save(Optional.empty(), List.of("concise"), memory);
  }

  /** A checkpoint of the demo's policy, of zeros. */
  private void save(Optional<LoraSettings> lora, List<String> objectives, MethodMemory memory) {
    LlamaConfig config = LlamaConfig.read(POLICY);
    Map<String, long[]> shapes =
        lora.map(settings -> PeftAdapter.shapes(config, settings))
            .orElseGet(() -> LlamaLayout.shapes(config, OutputLayer.VOCABULARY));
    for (String objective : objectives) {
      shapes.put("value_heads." + objective + ".weight", new long[] {1, config.hiddenSize()});
      shapes.put("value_heads." + objective + ".bias", new long[] {1});
    }
    List<NamedTensor> tensors = new ArrayList<>();
    shapes.forEach(
        (name, shape) ->
            tensors.add(
                TensorValues.tensor(
                    name,
                    shape,
                    new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))])));
    CheckpointState state =
        new CheckpointState(
            new PolicyVersion(3), 1, Optional.of(lineage(objectives, memory)), Map.of());
    try (CheckpointDirectory directory = CheckpointDirectory.open(checkpoints, 1)) {
      directory.save(new Checkpoint(state, tensors, List.of(), 1, lora));
    }
  }

  private static VersionLineage lineage(List<String> objectives, MethodMemory memory) {
    VersionLineage example = ExampleLineage.of(3, Instant.EPOCH, objectives);
    UpdateDirection direction = example.direction();
    return new VersionLineage(
        example.version(),
        example.epoch(),
        new UpdateDirection(
            direction.step(),
            direction.combination().remembering(memory),
            direction.klWeight(),
            direction.gram()),
        example.statistics(),
        example.update(),
        example.rollouts(),
        example.appliedAt(),
        example.model());
  }

  /** An adapter of q_proj, which is square in the demo's policy. */
  private static void saveAdapter(Path target, LoraSettings settings) {
    LlamaConfig policy = LlamaConfig.read(POLICY);
    int rank = settings.rank();
    int width = policy.hiddenSize();
    List<NamedTensor> tensors = new ArrayList<>();
    for (int layer = 0; layer < policy.layers(); layer++) {
      String name = "base_model.model.model.layers.%d.self_attn.q_proj.".formatted(layer);
      float[] zeros = new float[rank * width];
      tensors.add(TensorValues.tensor(name + "lora_A.weight", new long[] {rank, width}, zeros));
      tensors.add(TensorValues.tensor(name + "lora_B.weight", new long[] {width, rank}, zeros));
    }
    new PeftAdapter(settings, tensors).write(target, POLICY, DataType.F32);
  }
}
