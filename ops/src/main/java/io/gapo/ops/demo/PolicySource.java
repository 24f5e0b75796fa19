package io.gapo.ops.demo;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.rollout.PolicyVersion;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraMerge;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where a policy is: in a directory of Hugging Face's layout, or there except for its weights,
 * which are in a checkpoint.
 *
 * @param name for the reader
 * @param directory of configuration, tokenizer and initial weights
 * @param trained weights that replace the initial ones, or an adapter that is added to them
 * @param lora what that adapter is
 */
public record PolicySource(
    String name, Path directory, Optional<PolicySnapshot> trained, Optional<LoraSettings> lora) {

  private static final String VALUE_HEADS = "value_heads.";

  /**
   * Looks what a directory holds: a policy, an adapter, or an optimizer's checkpoints, of which it
   * takes the newest whole one; empty if it is none of these.
   *
   * @param origin directory of the policy that adapter or checkpoints were trained from
   */
  public static Optional<PolicySource> find(Path path, Path origin) {
    if (Files.isRegularFile(path.resolve(LlamaConfig.FILE))) {
      return Optional.of(new PolicySource(nameOf(path), path, Optional.empty(), Optional.empty()));
    }
    if (PeftAdapter.isIn(path)) {
      return Optional.of(adapter(path, origin));
    }
    return Files.isDirectory(path)
        ? CheckpointDirectory.newest(path).map(newest -> checkpoint(newest, origin))
        : Optional.empty();
  }

  /**
   * The policy's own tensors, without value heads: as they are stored, or with the adapter merged
   * into them, in single precision.
   *
   * @throws io.gapo.runtime.safetensors.MalformedCheckpointException if they cannot be read
   */
  public List<NamedTensor> policyTensors() {
    return adapter().isPresent() ? merged(adapter().orElseThrow()) : whole();
  }

  private List<NamedTensor> whole() {
    return trained
        .map(
            snapshot ->
                snapshot.tensors().stream()
                    .filter(tensor -> !tensor.name().startsWith(VALUE_HEADS))
                    .toList())
        .orElseGet(() -> SafetensorsFile.readAll(directory.resolve("model.safetensors")));
  }

  private List<NamedTensor> merged(PeftAdapter adapter) {
    try (TorchRuntime runtime = TorchRuntime.start(TorchSettings.cpu(0));
        PretrainedTensors model = PretrainedTensors.open(directory)) {
      return LoraMerge.merged(
          runtime, model, LlamaConfig.read(directory), adapter, NamedTensor.DataType.F32);
    }
  }

  /** The adapter alone, if the policy has one. */
  public Optional<PeftAdapter> adapter() {
    return lora.flatMap(
        settings ->
            trained.map(
                snapshot ->
                    new PeftAdapter(
                        settings,
                        snapshot.tensors().stream().filter(PeftAdapter::isOfAdapter).toList())));
  }

  /** The policy as what opens it takes it, apart from what was trained. */
  public InitialPolicy initial() {
    return new InitialPolicy(directory, lora.map(settings -> new AdapterSource.Fresh(settings, 0)));
  }

  private static PolicySource adapter(Path path, Path origin) {
    PeftAdapter adapter = PeftAdapter.read(path, LlamaConfig.read(origin));
    return new PolicySource(
        nameOf(path),
        origin,
        Optional.of(new PolicySnapshot(PolicyVersion.INITIAL, 0, adapter.tensors())),
        Optional.of(adapter.settings()));
  }

  private static PolicySource checkpoint(Checkpoint checkpoint, Path origin) {
    PolicySnapshot snapshot =
        new PolicySnapshot(
            checkpoint.state().version(), checkpoint.state().epoch(), checkpoint.model());
    return new PolicySource(
        "version " + snapshot.version().number(), origin, Optional.of(snapshot), checkpoint.lora());
  }

  private static String nameOf(Path path) {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? path.toString() : name.toString();
  }
}
