package io.gapo.runtime.learner;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.port.PolicyLearner;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.torch.CloseOnFailure;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.runtime.trainable.Handover;
import io.gapo.runtime.trainable.TensorCheck;
import io.gapo.runtime.trainable.TrainablePolicy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * AdamW on a policy and its value heads in single precision, with checkpoints that continue bit for
 * bit.
 *
 * <p>Policy and value heads are clipped apart: however far off the values are, they do not slow the
 * policy down. The gradient norm reported is the policy's.
 */
public final class TorchPolicyLearner implements PolicyLearner {

  private final TorchRuntime runtime;
  private final NDManager manager;
  private final LearnerSettings settings;
  private final TrainablePolicy policy;
  private final NDManager gradientMemory;

  /** Buffers for gradients that are not lent; empty until the first one. */
  private final List<NDArray> gradients = new ArrayList<>();

  private final AdamW policyOptimizer;
  private final AdamW valueOptimizer;
  private final Optional<LoraSettings> lora;
  private final CheckpointDirectory checkpoints;
  private final Path checkpointDirectory;
  private final Optional<Handover> handover;

  private TorchPolicyLearner(
      TorchRuntime runtime,
      LearnerSettings settings,
      TrainablePolicy policy,
      Optional<LoraSettings> lora,
      CheckpointDirectory checkpoints,
      Path checkpointDirectory,
      Optional<Handover> handover) {
    this.runtime = runtime;
    this.manager = runtime.newManager();
    this.settings = settings;
    this.policy = policy;
    this.gradientMemory = runtime.newManager();
    this.lora = lora;
    this.checkpoints = checkpoints;
    this.checkpointDirectory = checkpointDirectory;
    this.handover = handover;
    int own = policy.trained().names().size();
    int all = policy.names().size();
    this.policyOptimizer = optimizer(0, own);
    this.valueOptimizer = optimizer(own, all);
  }

  private AdamW optimizer(int from, int to) {
    return new AdamW(
        runtime,
        policy.names().subList(from, to),
        policy.tensors().subList(from, to),
        settings.adamW());
  }

  /**
   * Locks the checkpoint directory and loads what of the initial policy is trained; see {@link
   * #restore}.
   *
   * @param torch where to compute; weights are in single precision whatever its element type
   * @param handover by which weights are lent to this process's other models; without one they are
   *     copied to the heap
   * @throws io.gapo.runtime.checkpoint.DirectoryInUseException if another learner has the
   *     checkpoint directory open
   */
  public static TorchPolicyLearner open(
      InitialPolicy initial,
      Path checkpointDirectory,
      LearnerSettings settings,
      TorchSettings torch,
      Optional<Handover> handover) {
    CheckpointDirectory checkpoints =
        CheckpointDirectory.open(checkpointDirectory, settings.checkpointsKept());
    return CloseOnFailure.create(
        () -> open(initial, checkpointDirectory, checkpoints, settings, torch, handover),
        checkpoints::close);
  }

  private static TorchPolicyLearner open(
      InitialPolicy initial,
      Path checkpointDirectory,
      CheckpointDirectory checkpoints,
      LearnerSettings settings,
      TorchSettings torch,
      Optional<Handover> handover) {
    TorchRuntime runtime =
        TorchRuntime.start(new TorchSettings(torch.device(), DataType.F32, torch.threads()));
    return CloseOnFailure.create(
        () ->
            new TorchPolicyLearner(
                runtime,
                settings,
                TrainablePolicy.load(runtime, initial, settings.objectives()),
                initial
                    .adapter()
                    .map(source -> source.settingsFor(LlamaConfig.read(initial.directory()))),
                checkpoints,
                checkpointDirectory,
                handover),
        runtime::close);
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if the checkpoint is of a model or of objectives that are not
   *     this learner's
   */
  @Override
  public Optional<CheckpointState> restore() {
    Optional<Checkpoint> newest = checkpoints.newest();
    newest.ifPresent(this::resumeFrom);
    return newest.map(Checkpoint::state);
  }

  private void resumeFrom(Checkpoint checkpoint) {
    try {
      requireSameLora(checkpoint.lora());
      Map<String, NamedTensor> moments = TensorCheck.byName(checkpoint.optimizer());
      handover.ifPresent(Handover::withdrawWeights);
      policy.adopt(checkpoint.model());
      policyOptimizer.restore(moments, checkpoint.optimizerSteps());
      valueOptimizer.restore(moments, checkpoint.optimizerSteps());
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "the checkpoints in %s are of another model or other objectives: %s"
              .formatted(checkpointDirectory, e.getMessage()),
          e);
    }
  }

  /** Shapes alone would not tell a change of alpha, or of what is trained. */
  private void requireSameLora(Optional<LoraSettings> saved) {
    if (!saved.equals(lora)) {
      throw new IllegalArgumentException(
          "they are of %s, the settings of %s".formatted(name(saved), name(lora)));
    }
  }

  private static String name(Optional<LoraSettings> settings) {
    return settings.map(LoraSettings::toString).orElse("a policy trained as a whole");
  }

  @Override
  public List<NamedTensor> tensors() {
    return handover.map(this::lend).orElseGet(policy::toNamedTensors);
  }

  private List<NamedTensor> lend(Handover lender) {
    runtime.synchronize();
    return lender.weights(policy.names(), policy.tensors());
  }

  @Override
  public AppliedUpdate apply(List<List<NamedTensor>> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("an update needs at least one part");
    }
    List<List<NamedTensor>> ordered = parts.stream().map(policy::inOrder).toList();
    Optional<AppliedUpdate> inPlace =
        ordered.size() == 1
            ? runtime.tensors().whereLent(ordered.get(0), this::update)
            : Optional.empty();
    return inPlace.orElseGet(() -> update(sum(ordered)));
  }

  private AppliedUpdate update(List<NDArray> gradient) {
    int own = policy.trained().names().size();
    List<NDArray> ofPolicy = gradient.subList(0, own);
    List<NDArray> ofValues = gradient.subList(own, gradient.size());
    double policyNorm = policyOptimizer.gradientNorm(ofPolicy);
    double valueNorm = valueOptimizer.gradientNorm(ofValues);
    handover.ifPresent(Handover::withdrawWeights);
    LearningRates rates = settings.rates();
    double share = rates.schedule().share(policyOptimizer.steps());
    double rate = rates.policy() * share;
    policyOptimizer.update(ofPolicy, policyNorm, rate);
    valueOptimizer.update(ofValues, valueNorm, rates.valueHeads() * share);
    return new AppliedUpdate(policyNorm, rate);
  }

  /** The sum of all parts, in memory that every step uses again. */
  private List<NDArray> sum(List<List<NamedTensor>> parts) {
    if (gradients.isEmpty()) {
      policy.tensors().forEach(tensor -> gradients.add(gradientMemory.zeros(tensor.getShape())));
    }
    runtime.tensors().load(gradients, parts.get(0));
    for (List<NamedTensor> part : parts.subList(1, parts.size())) {
      for (int i = 0; i < gradients.size(); i++) {
        try (NDManager step = manager.newSubManager()) {
          gradients.get(i).addi(wide(step, part.get(i)));
        }
      }
    }
    return gradients;
  }

  private NDArray wide(NDManager owner, NamedTensor tensor) {
    return runtime.tensors().convert(owner, runtime.tensors().create(owner, tensor), DataType.F32);
  }

  /** Holds what an update takes beside the gradients, and nothing between updates. */
  NDManager nativeMemory() {
    return manager;
  }

  @Override
  public void save(CheckpointState state) {
    List<NamedTensor> moments = new ArrayList<>(policyOptimizer.momentsOnHeap());
    moments.addAll(valueOptimizer.momentsOnHeap());
    checkpoints.save(
        new Checkpoint(state, policy.toNamedTensors(), moments, policyOptimizer.steps(), lora));
  }

  @Override
  public void close() {
    handover.ifPresent(Handover::withdrawWeights);
    policyOptimizer.close();
    valueOptimizer.close();
    policy.close();
    gradientMemory.close();
    manager.close();
    runtime.close();
    checkpoints.close();
  }
}
