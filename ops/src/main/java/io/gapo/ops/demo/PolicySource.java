package io.gapo.ops.demo;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.safetensors.SafetensorsFile;
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
 * @param trained weights that replace the initial ones
 */
public record PolicySource(String name, Path directory, Optional<PolicySnapshot> trained) {

  private static final String VALUE_HEADS = "value_heads.";

  /**
   * Looks what a directory holds: a policy, or an optimizer's checkpoints, of which it takes the
   * newest whole one; empty if it is neither.
   *
   * @param origin directory of the policy that checkpoints were trained from
   */
  public static Optional<PolicySource> find(Path path, Path origin) {
    if (Files.isRegularFile(path.resolve(LlamaConfig.FILE))) {
      return Optional.of(new PolicySource(nameOf(path), path, Optional.empty()));
    }
    return Files.isDirectory(path)
        ? CheckpointDirectory.newest(path).map(newest -> checkpoint(newest, origin))
        : Optional.empty();
  }

  /**
   * The policy's own tensors, as they are stored: without value heads.
   *
   * @throws io.gapo.runtime.safetensors.MalformedCheckpointException if they cannot be read
   */
  public List<NamedTensor> policyTensors() {
    return trained
        .map(
            snapshot ->
                snapshot.tensors().stream()
                    .filter(tensor -> !tensor.name().startsWith(VALUE_HEADS))
                    .toList())
        .orElseGet(() -> SafetensorsFile.readAll(directory.resolve("model.safetensors")));
  }

  private static PolicySource checkpoint(Checkpoint checkpoint, Path origin) {
    PolicySnapshot snapshot =
        new PolicySnapshot(
            checkpoint.state().version(), checkpoint.state().epoch(), checkpoint.model());
    return new PolicySource(
        "version " + snapshot.version().number(), origin, Optional.of(snapshot));
  }

  private static String nameOf(Path path) {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? path.toString() : name.toString();
  }
}
