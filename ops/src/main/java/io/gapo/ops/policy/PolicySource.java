package io.gapo.ops.policy;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.checkpoint.FiniteTensors;
import io.gapo.runtime.checkpoint.PolicyExport;
import io.gapo.runtime.checkpoint.PolicyFit;
import io.gapo.runtime.checkpoint.UnusablePolicyException;
import io.gapo.runtime.checkpoint.ValueHeadName;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraMerge;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.safetensors.PendingTensor;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

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

  /**
   * Looks what a directory holds: a policy, an adapter, or an optimizer's checkpoints, of which it
   * takes the newest complete one; empty if it is none of these.
   *
   * @param origin directory of the policy that adapter or checkpoints were trained from
   * @throws UnusablePolicyException if checkpoints were trained from another one, naming the first
   *     tensor that does not fit
   */
  public static Optional<PolicySource> find(Path path, Path origin) {
    if (isWhole(path)) {
      return Optional.of(new PolicySource(nameOf(path), path, Optional.empty(), Optional.empty()));
    }
    if (PeftAdapter.isIn(path)) {
      return Optional.of(adapter(path, origin));
    }
    return Files.isDirectory(path)
        ? CheckpointDirectory.newest(path).map(newest -> checkpoint(path, newest, origin))
        : Optional.empty();
  }

  /** Whether a directory is a policy with a configuration of its own, in Hugging Face's layout. */
  public static boolean isWhole(Path path) {
    return Files.isRegularFile(path.resolve(LlamaConfig.FILE));
  }

  /**
   * Finds the policy in a directory, as {@link #find} does.
   *
   * @throws NoPolicyException if the directory holds none of these
   */
  public static PolicySource require(Path path, Path origin) {
    return find(path, origin).orElseThrow(() -> new NoPolicyException(path));
  }

  /**
   * The policy's own tensors, without value heads, with the adapter, if there is one, merged into
   * them.
   *
   * @param dataType to round them to
   * @throws io.gapo.runtime.safetensors.MalformedCheckpointException if they cannot be read
   */
  public List<NamedTensor> policyTensors(DataType dataType) {
    List<NamedTensor> tensors = new ArrayList<>();
    forTensors(dataType, pending -> pending.forEach(tensor -> tensors.add(tensor.values().get())));
    return tensors;
  }

  /**
   * Writes the policy in Hugging Face's layout, with one tensor at a time on the heap beside what
   * was trained.
   *
   * @param target made if it does not exist, and gone again if the export fails
   * @throws UnusablePolicyException as {@link PolicyExport#write} does
   */
  public void export(Path target, DataType dataType) {
    forTensors(
        dataType, tensors -> PolicyExport.writePending(target, directory, tensors, dataType));
  }

  private void forTensors(DataType dataType, Consumer<List<PendingTensor>> use) {
    if (trained.isPresent() && lora.isEmpty()) {
      use.accept(
          trained.get().tensors().stream()
              .filter(tensor -> !ValueHeadName.isOne(tensor.name()))
              .map(tensor -> pending(tensor.name(), tensor.shape(), dataType, () -> tensor))
              .toList());
      return;
    }
    try (PretrainedTensors model = PretrainedTensors.open(directory)) {
      Optional<PeftAdapter> adapter = adapter();
      LlamaConfig config = LlamaConfig.read(directory);
      if (adapter.isEmpty()) {
        model.refuseUnread(config, OutputLayer.VOCABULARY);
        use.accept(
            model.names().stream()
                .map(name -> pending(name, model.shape(name), dataType, () -> model.read(name)))
                .toList());
        return;
      }
      try (TorchRuntime runtime = TorchRuntime.start(TorchSettings.cpu(0))) {
        use.accept(LoraMerge.merged(runtime, model, config, adapter.get(), dataType));
      }
    }
  }

  private static PendingTensor pending(
      String name, long[] shape, DataType dataType, Supplier<NamedTensor> values) {
    return new PendingTensor(
        name, dataType, shape, () -> TensorValues.convert(values.get(), dataType));
  }

  /**
   * The adapter alone, if the policy has one.
   *
   * @throws UnusablePolicyException naming a tensor of it that is not finite
   */
  public Optional<PeftAdapter> adapter() {
    return lora.flatMap(
        settings ->
            trained.map(
                snapshot ->
                    new PeftAdapter(
                        settings,
                        snapshot.tensors().stream()
                            .filter(PeftAdapter::isOfAdapter)
                            .map(FiniteTensors::require)
                            .toList())));
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

  private static PolicySource checkpoint(Path path, Checkpoint checkpoint, Path origin) {
    PolicySnapshot snapshot =
        new PolicySnapshot(
            checkpoint.state().version(), checkpoint.state().epoch(), checkpoint.model());
    PolicySource source =
        new PolicySource(
            "version " + snapshot.version().number(),
            origin,
            Optional.of(snapshot),
            checkpoint.lora());
    source
        .misfit()
        .ifPresent(
            misfit -> {
              throw new UnusablePolicyException(
                  "%s of %s was not trained from %s: %s. Name the policy that it was trained from"
                      .formatted(source.name(), path, origin, misfit));
            });
    return source;
  }

  /** The first tensor of a snapshot that is not of the directory's model, in words. */
  private Optional<String> misfit() {
    Map<String, long[]> shapes = new LinkedHashMap<>();
    trained.ifPresent(
        snapshot ->
            snapshot.tensors().stream()
                .filter(tensor -> !ValueHeadName.isOne(tensor.name()))
                .forEach(tensor -> shapes.put(tensor.name(), tensor.shape())));
    return lora.isPresent()
        ? PolicyFit.difference(directory, lora.get(), shapes)
        : PolicyFit.difference(directory, shapes);
  }

  private static String nameOf(Path path) {
    Path name = path.toAbsolutePath().normalize().getFileName();
    return name == null ? path.toString() : name.toString();
  }
}
