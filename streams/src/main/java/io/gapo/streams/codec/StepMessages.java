package io.gapo.streams.codec;

import static io.gapo.streams.codec.ProtobufReader.nonNegative;
import static io.gapo.streams.codec.ProtobufReader.required;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.BatchUnion;
import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.PolicyStatistics;
import io.gapo.core.step.ScopeAudit;
import io.gapo.core.step.Staleness;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.proto.BatchUnionMessage;
import io.gapo.streams.proto.CombinationMessage;
import io.gapo.streams.proto.GramMatrixMessage;
import io.gapo.streams.proto.MethodMemoryMessage;
import io.gapo.streams.proto.ObjectiveMemoryMessage;
import io.gapo.streams.proto.RolloutReferenceMessage;
import io.gapo.streams.proto.ScopeAuditMessage;
import io.gapo.streams.proto.StepIdMessage;
import io.gapo.streams.proto.StepStatisticsMessage;
import io.gapo.streams.proto.UpdateDirectionMessage;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** The parts that the records of one training step share. */
final class StepMessages {

  /** Far more objectives than anyone has; keeps M × M small. */
  private static final int MAX_OBJECTIVES = 1024;

  private StepMessages() {}

  static StepIdMessage message(StepId step) {
    return StepIdMessage.newBuilder()
        .setVersion(step.version().number())
        .setAttempt(step.attempt())
        .setCollector(step.collector())
        .build();
  }

  static StepId step(StepIdMessage message) {
    return new StepId(
        new PolicyVersion(message.getVersion()),
        nonNegative("attempt", message.getAttempt()),
        required("collector", message.getCollector()));
  }

  static GramMatrixMessage message(GramMatrix gram) {
    GramMatrixMessage.Builder message =
        GramMatrixMessage.newBuilder()
            .setObjectives(gram.objectives())
            .setResolution(gram.resolution());
    Arrays.stream(gram.toRows()).flatMapToDouble(Arrays::stream).forEach(message::addValues);
    return message.build();
  }

  static GramMatrix gram(GramMatrixMessage message) {
    int m = message.getObjectives();
    if (m < 1 || m > MAX_OBJECTIVES || message.getValuesCount() != m * m) {
      throw new IllegalArgumentException(
          "a Gram matrix of %s objectives has %s values".formatted(m, message.getValuesCount()));
    }
    double[] values = doubles(message.getValuesList());
    double[][] rows = new double[m][];
    for (int i = 0; i < m; i++) {
      rows[i] = Arrays.copyOfRange(values, i * m, (i + 1) * m);
    }
    return message.getResolution() == 0
        ? GramMatrix.of(rows)
        : GramMatrix.of(rows, message.getResolution());
  }

  static StepStatisticsMessage message(StepStatistics statistics) {
    StepStatisticsMessage.Builder message =
        StepStatisticsMessage.newBuilder()
            .setRollouts(statistics.rollouts())
            .setResponseTokens(statistics.responseTokens())
            .setKl(statistics.policy().kl())
            .setEntropy(statistics.policy().entropy())
            .setKlCoefficient(statistics.policy().klCoefficient())
            .setImportanceRatioMean(statistics.ratios().mean())
            .setImportanceRatioMax(statistics.ratios().max())
            .setClipFraction(statistics.ratios().clipFraction())
            .setStalenessMean(statistics.staleness().mean())
            .setStalenessMax(statistics.staleness().max())
            .setLossAggregation(RatioMessages.message(statistics.aggregation()))
            .putAllByTokenStaleness(RatioMessages.messages(statistics.ratios()))
            .putAllPhaseSeconds(statistics.phaseSeconds());
    for (ObjectiveStatistics each : statistics.perObjective()) {
      message
          .addObjectives(each.objective())
          .addMeanScores(each.meanScore())
          .addNonNegativeShares(each.nonNegativeShare())
          .addLosses(each.loss())
          .addValueLosses(each.valueLoss())
          .addMeanSquares(each.meanSquare())
          .addMeanNormalisedScores(each.meanNormalised());
    }
    return message.build();
  }

  static StepStatistics statistics(StepStatisticsMessage message) {
    return new StepStatistics(
        perObjective(message),
        message.getRollouts(),
        message.getResponseTokens(),
        RatioMessages.aggregation(message.getLossAggregation()),
        new PolicyStatistics(
            message.getKl(),
            message.getEntropy(),
            message.hasKlCoefficient() ? message.getKlCoefficient() : Double.NaN),
        new ImportanceRatios(
            message.getImportanceRatioMean(),
            message.getImportanceRatioMax(),
            message.getClipFraction(),
            RatioMessages.byStaleness(message.getByTokenStalenessMap())),
        new Staleness(message.getStalenessMean(), message.getStalenessMax()),
        message.getPhaseSecondsMap());
  }

  private static List<ObjectiveStatistics> perObjective(StepStatisticsMessage message) {
    int m = message.getObjectivesCount();
    if (message.getMeanScoresCount() != m
        || message.getNonNegativeSharesCount() != m
        || message.getLossesCount() != m
        || message.getValueLossesCount() != m) {
      throw new IllegalArgumentException(
          "expected one score, share, loss and value loss for each of "
              + message.getObjectivesList());
    }
    boolean isOld =
        message.getMeanSquaresCount() == 0 && message.getMeanNormalisedScoresCount() == 0;
    if (!isOld
        && (message.getMeanSquaresCount() != m || message.getMeanNormalisedScoresCount() != m)) {
      throw new IllegalArgumentException(
          "expected one mean square and normalised score for each of "
              + message.getObjectivesList());
    }
    return IntStream.range(0, m)
        .mapToObj(
            i ->
                new ObjectiveStatistics(
                    message.getObjectives(i),
                    message.getMeanScores(i),
                    message.getNonNegativeShares(i),
                    message.getLosses(i),
                    message.getValueLosses(i),
                    isOld ? Double.NaN : message.getMeanSquares(i),
                    isOld ? message.getMeanScores(i) : message.getMeanNormalisedScores(i)))
        .toList();
  }

  static UpdateDirectionMessage message(UpdateDirection direction) {
    Combination combination = direction.combination();
    CombinationMessage.Builder shares =
        CombinationMessage.newBuilder()
            .setDualityGap(combination.dualityGap())
            .addAllLeftOut(combination.leftOut());
    message(combination.memory()).ifPresent(shares::setNamedMemory);
    DoubleStream.of(combination.alpha()).forEach(shares::addAlpha);
    DoubleStream.of(combination.weights()).forEach(shares::addWeights);
    UpdateDirectionMessage.Builder message =
        UpdateDirectionMessage.newBuilder()
            .setStep(message(direction.step()))
            .setCombination(shares)
            .setKlWeight(direction.klWeight())
            .setGram(message(direction.gram()));
    ScopeAudit audit = direction.audit();
    if (audit != null) {
      message.setAudit(
          ScopeAuditMessage.newBuilder()
              .setGram(message(audit.gram()))
              .addAllAlpha(audit.alpha())
              .setCosine(audit.cosine()));
    }
    BatchUnion union = direction.union();
    if (union != null) {
      message.setUnion(
          BatchUnionMessage.newBuilder()
              .setPartGram(message(union.ofPart()))
              .setParts(union.parts())
              .setRollouts(union.rollouts())
              .setResponseTokens(union.responseTokens()));
    }
    return message.build();
  }

  static UpdateDirection direction(UpdateDirectionMessage message) {
    CombinationMessage shares = message.getCombination();
    Combination combination =
        new Combination(
            finite("shares", shares.getAlphaList()),
            finite("weights", shares.getWeightsList()),
            shares.getDualityGap(),
            shares.getLeftOutList(),
            memory(
                shares.hasNamedMemory() ? Optional.of(shares.getNamedMemory()) : Optional.empty(),
                shares.getMemoryList()));
    GramMatrix gram = gram(message.getGram());
    if (combination.weights().length != gram.objectives()) {
      throw new IllegalArgumentException(
          "%s weights for %s objectives"
              .formatted(combination.weights().length, gram.objectives()));
    }
    return new UpdateDirection(
        step(message.getStep()),
        combination,
        message.getKlWeight(),
        gram,
        message.hasAudit() ? audit(message.getAudit()) : null,
        message.hasUnion() ? union(message.getUnion()) : null);
  }

  private static BatchUnion union(BatchUnionMessage message) {
    return new BatchUnion(
        gram(message.getPartGram()),
        message.getParts(),
        message.getRollouts(),
        message.getResponseTokens());
  }

  private static ScopeAudit audit(ScopeAuditMessage message) {
    finite("audited shares", message.getAlphaList());
    return new ScopeAudit(gram(message.getGram()), message.getAlphaList(), message.getCosine());
  }

  /** Empty if nothing was learned. */
  static Optional<MethodMemoryMessage> message(MethodMemory memory) {
    if (memory.numbers().isEmpty()) {
      return Optional.empty();
    }
    MethodMemoryMessage.Builder message =
        MethodMemoryMessage.newBuilder().setMethod(memory.method());
    memory
        .numbers()
        .forEach(
            (objective, numbers) ->
                message.addObjectives(
                    ObjectiveMemoryMessage.newBuilder()
                        .setObjective(objective)
                        .addAllNumbers(numbers)));
    return Optional.of(message.build());
  }

  /**
   * @param unnamed where a record of an earlier release has its memory
   */
  static MethodMemory memory(Optional<MethodMemoryMessage> message, List<Double> unnamed) {
    if (message.isEmpty()) {
      finite("the combiner's memory", unnamed);
      return MethodMemory.unnamed(unnamed);
    }
    Map<String, List<Double>> numbers = new HashMap<>();
    for (ObjectiveMemoryMessage objective : message.get().getObjectivesList()) {
      finite("the combiner's memory", objective.getNumbersList());
      numbers.put(objective.getObjective(), objective.getNumbersList());
    }
    return MethodMemory.of(message.get().getMethod(), numbers);
  }

  static RolloutReferenceMessage message(RolloutReference reference) {
    RolloutReferenceMessage.Builder message =
        RolloutReferenceMessage.newBuilder()
            .setId(reference.id())
            .setDigest(reference.digest())
            .setPromptId(reference.promptId())
            .setOldestVersion(reference.oldestVersion());
    String promptDigest = reference.promptDigest();
    if (promptDigest != null) {
      message.setPromptDigest(promptDigest);
    }
    return message.build();
  }

  static RolloutReference reference(RolloutReferenceMessage message) {
    Rollout.promptId(message.getId()); // refuses what is no rollout's id
    return new RolloutReference(
        message.getId(),
        required("rollout digest", message.getDigest()),
        required("prompt id", message.getPromptId()),
        nonNegative("oldest version", message.getOldestVersion()),
        message.hasPromptDigest() ? message.getPromptDigest() : null);
  }

  static List<RolloutReferenceMessage> messages(List<RolloutReference> references) {
    return references.stream().map(StepMessages::message).toList();
  }

  static List<RolloutReference> references(List<RolloutReferenceMessage> messages) {
    return messages.stream().map(StepMessages::reference).toList();
  }

  private static double[] finite(String field, List<Double> values) {
    double[] doubles = doubles(values);
    if (!DoubleStream.of(doubles).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(
          "%s must be finite, was %s".formatted(field, Arrays.toString(doubles)));
    }
    return doubles;
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
