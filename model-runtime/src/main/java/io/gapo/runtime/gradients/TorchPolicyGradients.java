package io.gapo.runtime.gradients;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.LinearGradients;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.NonFiniteObjectiveException;
import io.gapo.core.port.PolicyGradients;
import io.gapo.core.ppo.GroupedScores;
import io.gapo.core.ppo.ScoreResolution;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.BatchShare;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import io.gapo.runtime.trainable.GradientScope;
import io.gapo.runtime.trainable.Handover;
import io.gapo.runtime.trainable.TrainablePolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * PPO's gradients of a Llama policy in PyTorch: a forward pass of policy and reference policy, the
 * objectives' Gram matrix at the output layer, a backward pass. Of what the pass forward leaves to
 * the pass backward, as much is kept as {@link StepMemory} allows; the rest is run again.
 *
 * <p>Value heads see the hidden states detached: their losses train them alone and never enter the
 * Gram matrix. Log-probabilities of policy and reference are both taken at the sampling
 * temperature.
 */
public final class TorchPolicyGradients implements PolicyGradients {

  /** 32 MiB of log-probabilities: more than wait for a batch, unless batches are huge. */
  private static final long PREPARED_RESPONSE_TOKENS = 1 << 22;

  private final TorchRuntime runtime;
  private final NDManager manager;
  private final LlamaConfig config;
  private final PpoSettings settings;
  private final ScoreResolution resolution;
  private final TrainablePolicy policy;
  private final PolicyForward model;
  private final DifferentiatedTensors parameters;
  private final ScopeGram scope;
  private final ScopeGram everything;
  private final Optional<Handover> handover;
  private final GraphMemory graphMemory;
  private final ReferenceLogProbs references;
  private PolicyVersion version = PolicyVersion.INITIAL;
  private @Nullable PolicySnapshot pending;
  private @Nullable List<MeasuredPack> measured;
  private List<ScoredRollout> measuredBatch = List.of();
  private long measuredTokens;
  private KlPenalty measuredPenalty;

  private TorchPolicyGradients(
      TorchRuntime runtime,
      LlamaConfig config,
      TrainablePolicy policy,
      PolicyForward model,
      Optional<Handover> handover) {
    this.runtime = runtime;
    this.manager = runtime.newManager();
    this.config = config;
    this.settings = model.settings();
    this.measuredPenalty = settings.kl();
    this.resolution = ScoreResolution.ofSignificand(runtime.dataType().significandBits());
    this.policy = policy;
    this.model = model;
    this.parameters = new DifferentiatedTensors(policy.tensors());
    this.scope = scopeGram(settings.comparison().scope());
    this.everything = scopeGram(GradientScope.ALL_TRAINABLE);
    this.handover = handover;
    this.references =
        new ReferenceLogProbs(
            pack -> model.referenceLogProbs(manager, pack),
            settings.memory().microBatchTokens(),
            PREPARED_RESPONSE_TOKENS);
    this.graphMemory = new GraphMemory(config, runtime.dataType(), settings.memory().graphBytes());
  }

  private ScopeGram scopeGram(GradientScope of) {
    return new ScopeGram(
        runtime, model.script(), settings.objectives().size(), policy.trained().tensors(of));
  }

  /**
   * Loads the initial policy frozen, as the reference; and what is trained: an adapter that is
   * added to the frozen one, or the whole policy a second time.
   *
   * @param handover by which gradients are lent to this process's learner; without one they are
   *     copied to the heap
   */
  public static TorchPolicyGradients open(
      InitialPolicy initial,
      PpoSettings settings,
      TorchSettings torch,
      Optional<Handover> handover) {
    TorchRuntime runtime = TorchRuntime.start(torch);
    boolean opened = false;
    try {
      LlamaConfig config = LlamaConfig.read(initial.directory());
      TrainablePolicy policy = TrainablePolicy.load(runtime, initial, settings.objectives());
      policy.requireGradients();
      PolicyForward model =
          new PolicyForward(
              settings,
              new LlamaProgram(runtime, config),
              policy,
              LlamaWeights.load(runtime, initial.directory()),
              new PpoScript(runtime.newManager()));
      TorchPolicyGradients gradients =
          new TorchPolicyGradients(runtime, config, policy, model, handover);
      opened = true;
      return gradients;
    } finally {
      if (!opened) {
        runtime.close();
      }
    }
  }

  @Override
  public void adopt(PolicySnapshot snapshot) {
    if (measured == null) {
      load(snapshot);
    } else {
      // The measured graph still needs the weights it was made with.
      policy.inOrder(snapshot.tensors());
      pending = snapshot.onHeap();
    }
  }

  private void load(PolicySnapshot snapshot) {
    policy.adopt(snapshot.tensors());
    version = snapshot.version();
    handover.ifPresent(lender -> lender.adopted(version));
    pending = null;
  }

  @Override
  public void prepare(List<Rollout> rollouts) {
    List<Rollout> measurable = rollouts.stream().filter(this::isMeasurable).toList();
    if (!measurable.isEmpty()) {
      references.of(measurable);
    }
  }

  /** What is not is left to {@link #measure}, which says why. */
  private boolean isMeasurable(Rollout rollout) {
    try {
      requireMeasurable(rollout);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public MeasuredBatch measure(List<ScoredRollout> batch, OptionalDouble klCoefficient) {
    discard();
    KlPenalty penalty =
        settings.kl().withCoefficient(klCoefficient.orElse(settings.kl().coefficient()));
    if (pending != null) {
      load(pending);
    }
    requireMeasurable(batch);
    List<MeasuredPack> packs = new ArrayList<>();
    boolean whole = false;
    try {
      MeasuredBatch result =
          GradMode.recording(() -> measure(batch, settings.with(penalty), packs));
      measured = packs;
      measuredBatch = List.copyOf(batch);
      measuredPenalty = penalty;
      measuredTokens = result.statistics().responseTokens();
      whole = true;
      return result;
    } finally {
      if (!whole) {
        packs.forEach(MeasuredPack::close);
      }
    }
  }

  private void requireMeasurable(List<ScoredRollout> batch) {
    if (batch.isEmpty()) {
      throw new IllegalArgumentException("cannot measure an empty batch");
    }
    for (ScoredRollout scored : batch) {
      Rollout rollout = scored.rollout();
      if (scored.scores().length != settings.objectives().size()) {
        throw new IllegalArgumentException(
            "rollout %s has %s scores, expected one for each of %s"
                .formatted(rollout.id(), scored.scores().length, settings.objectives()));
      }
      requireMeasurable(rollout);
    }
  }

  private void requireMeasurable(Rollout rollout) {
    if (PackedRollouts.length(rollout) > config.maxPositions()) {
      throw new IllegalArgumentException(
          "rollout %s has %s tokens, the model reads at most %s"
              .formatted(rollout.id(), PackedRollouts.length(rollout), config.maxPositions()));
    }
    requireKnown(rollout, rollout.promptTokens());
    requireKnown(rollout, rollout.responseTokens());
  }

  private void requireKnown(Rollout rollout, int[] tokens) {
    for (int token : tokens) {
      if (token < 0 || token >= config.vocabulary()) {
        throw new IllegalArgumentException(
            "rollout %s has token %s, the vocabulary has %s"
                .formatted(rollout.id(), token, config.vocabulary()));
      }
    }
  }

  /**
   * @param penalized the settings with this batch's penalty
   */
  private MeasuredBatch measure(
      List<ScoredRollout> batch, PpoSettings penalized, List<MeasuredPack> packs) {
    PhaseTimes times = new PhaseTimes();
    BatchTokens tokens = new BatchTokens(batch, settings.losses());
    StatisticsOfBatch statistics = new StatisticsOfBatch(penalized);
    int objectives = settings.objectives().size();
    List<Rollout> rollouts = batch.stream().map(ScoredRollout::rollout).toList();
    double[][] reference = times.time("reference", () -> references.of(rollouts));
    double[][] logProbs = BatchTokens.newRows(rollouts);
    double[][][] values = new double[objectives][][];
    for (int m = 0; m < objectives; m++) {
      values[m] = BatchTokens.newRows(rollouts);
    }
    List<PackedRollouts> microBatches =
        PackedRollouts.pack(rollouts, settings.memory().microBatchTokens());
    List<GraphUse> uses = graphMemory.plan(microBatches);
    for (int i = 0; i < microBatches.size(); i++) {
      PackedRollouts pack = microBatches.get(i);
      GraphUse use = uses.get(i);
      float[] ofReference = BatchTokens.gather(pack, reference);
      MeasuredPack measuredPack =
          times.time("forward", () -> MeasuredPack.forward(manager, model, pack, use, ofReference));
      packs.add(measuredPack);
      float[] ofHeads = measuredPack.values();
      for (int m = 0; m < objectives; m++) {
        BatchTokens.scatter(pack, ofHeads, m * pack.targets().length, values[m]);
      }
      float[] ofPolicy = measuredPack.logProbs();
      BatchTokens.scatter(pack, ofPolicy, 0, logProbs);
      statistics.addTokens(ofPolicy, ofReference, measuredPack.entropySum());
    }
    CorrectedTokens corrected = CorrectedTokens.of(settings.losses(), rollouts, logProbs, version);
    TokenAdvantages advantages =
        times.time(
            "advantages",
            () -> TokenAdvantages.of(penalized, resolution, batch, reference, values));
    Compared compared =
        times.time(
            "objective-gradients", () -> compare(packs, tokens, advantages, corrected, statistics));
    Optional<GramMatrix> audited =
        isAudited()
            ? Optional.of(
                times.time(
                    "audit", () -> checked(everything.of(manager, packs), "gradient", ofModel())))
            : Optional.empty();
    return new MeasuredBatch(
        compared.gram(),
        audited,
        statistics.of(batch, version, corrected, times.seconds()),
        compared.linear());
  }

  private boolean isAudited() {
    int every = settings.comparison().auditEvery();
    return every > 0 && version.number() % every == 0;
  }

  private record Compared(GramMatrix gram, Optional<LinearGradients> linear) {}

  private Compared compare(
      List<MeasuredPack> packs,
      BatchTokens tokens,
      TokenAdvantages advantages,
      CorrectedTokens corrected,
      StatisticsOfBatch statistics) {
    for (MeasuredPack measuredPack : packs) {
      statistics.addLosses(
          measuredPack.lose(tokens.columns(measuredPack.pack(), advantages, corrected)));
    }
    // Losses first: one objective's NaN advantage reaches the gradients of all through the ratios.
    for (int m = 0; m < settings.objectives().size(); m++) {
      requireFinite(m, "the loss", statistics.loss(m));
      requireFinite(m, "the value head's loss", statistics.valueLoss(m));
    }
    if (settings.comparison().scope() != GradientScope.LAST_LAYER) {
      return new Compared(
          checked(scope.of(manager, packs), "gradient", ofModel()), Optional.empty());
    }
    LastLayerGram lastLayer =
        new LastLayerGram(model.script(), settings.temperature(), config.vocabulary());
    List<LastLayerGram.Part> parts = packs.stream().map(MeasuredPack::lastLayer).toList();
    LastLayerGram.Summable found =
        GradMode.notRecording(
            () ->
                settings
                    .comparison()
                    .sum()
                    .map(sum -> lastLayer.summable(manager, parts, sum))
                    .orElseGet(
                        () ->
                            new LastLayerGram.Summable(
                                lastLayer.of(manager, parts), Optional.empty())));
    return new Compared(
        checked(found.products(), "last layer's gradient", DataType.F32), found.linear());
  }

  /** What passes backward through the model are computed in. */
  private DataType ofModel() {
    return runtime.dataType();
  }

  /**
   * @param dataType that the gradients are exact to
   */
  private GramMatrix checked(double[][] products, String what, DataType dataType) {
    for (int m = 0; m < products.length; m++) {
      requireFinite(m, "the " + what, products[m][m]);
    }
    return GramMatrix.measured(products, dataType.significandBits());
  }

  private void requireFinite(int objective, String what, double value) {
    if (!Double.isFinite(value)) {
      throw new NonFiniteObjectiveException(settings.objectives().get(objective), what);
    }
  }

  @Override
  public List<NamedTensor> backward(double[] weights, double klWeight, BatchShare share) {
    List<MeasuredPack> packs = measured;
    if (packs == null) {
      throw new IllegalStateException("no measured batch: measure one before backward");
    }
    if (weights.length != settings.objectives().size()) {
      throw new IllegalArgumentException(
          "expected a weight for each of %s, was %s"
              .formatted(settings.objectives(), weights.length));
    }
    try (NDManager step = manager.newSubManager()) {
      NDList sums = GradMode.recording(() -> gradients(step, packs, weights, klWeight, share));
      return handover
          .map(lender -> lend(lender, sums))
          .orElseGet(() -> runtime.tensors().toNamedTensors(policy.names(), sums, DataType.F32));
    } finally {
      discard();
    }
  }

  private List<NamedTensor> lend(Handover lender, NDList sums) {
    runtime.synchronize();
    return lender.gradient(version, policy.names(), sums);
  }

  private NDList gradients(
      NDManager step,
      List<MeasuredPack> packs,
      double[] weights,
      double klWeight,
      BatchShare share) {
    double[] ofLosses = followed(packs, weights);
    double lossShare = share.ofLosses(settings.losses().aggregation());
    float[] narrowed = new float[ofLosses.length];
    for (int m = 0; m < narrowed.length; m++) {
      narrowed[m] = (float) (lossShare * ofLosses[m]);
    }
    CommonPenalties penalties =
        CommonPenalties.of(
            measuredPenalty,
            klWeight,
            Arrays.stream(ofLosses).sum(),
            share.tokens() / measuredTokens,
            lossShare * settings.losses().correction().regularisation());
    SummedGradients summed = new SummedGradients(runtime.tensors(), step);
    // Graphs that are kept, which are the last, make room for those that are made again.
    for (int i = packs.size() - 1; i >= 0; i--) {
      packs.get(i).addUpdateGradients(narrowed, penalties, lossShare, parameters, summed);
    }
    return summed.sums();
  }

  /**
   * The weights of the losses that the update follows: of the objectives' own, or of the one that
   * their scores are combined to. That one has a weight of 1 unless no objective counts.
   */
  private double[] followed(List<MeasuredPack> packs, double[] weights) {
    return settings
        .advantages()
        .combination()
        .map(
            combination -> {
              GroupedScores scores = TokenAdvantages.grouped(settings, resolution, measuredBatch);
              double[] advantages = combination.combine(scores, weights);
              BatchTokens tokens = new BatchTokens(measuredBatch, settings.losses());
              packs.forEach(pack -> pack.follow(tokens.combined(pack.pack(), advantages)));
              return new double[] {Arrays.stream(weights).anyMatch(weight -> weight != 0) ? 1 : 0};
            })
        .orElse(weights);
  }

  /** Holds the measured batch's graph, and nothing between batches. */
  NDManager nativeMemory() {
    return manager;
  }

  @Override
  public void discard() {
    if (measured != null) {
      measured.forEach(MeasuredPack::close);
      measured = null;
      measuredBatch = List.of();
    }
  }

  @Override
  public void close() {
    discard();
    scope.close();
    everything.close();
    parameters.close();
    model.close();
    manager.close();
    runtime.close();
  }
}
