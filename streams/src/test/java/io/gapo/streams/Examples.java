package io.gapo.streams;

import io.gapo.core.combine.Combination;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.lineage.AppliedUpdate;
import io.gapo.core.lineage.Settlement;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.LossAggregation;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.rollout.Score;
import io.gapo.core.step.GradientPart;
import io.gapo.core.step.ImportanceRatios;
import io.gapo.core.step.MeasuredBatch;
import io.gapo.core.step.ObjectiveGradients;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.OffPolicyTokens;
import io.gapo.core.step.PolicyStatistics;
import io.gapo.core.step.ScopeAudit;
import io.gapo.core.step.Staleness;
import io.gapo.core.step.StepId;
import io.gapo.core.step.StepStatistics;
import io.gapo.core.step.UpdateDirection;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Small records of every kind. */
public final class Examples {

  public static final List<String> OBJECTIVES = List.of("helpful", "harmless");

  /** The id of every topic. */
  public static final String TOPIC_ID = "jx0NHvDuT_S4a1vBvqAEpQ";

  private Examples() {}

  public static Rollout rollout(String promptId, int sampleIndex) {
    return new Rollout(
        promptId,
        sampleIndex,
        "How do I boil an egg?",
        "Seven minutes. — 好",
        new int[] {1, 400, 31_999},
        new int[] {7, 0, 2},
        new float[] {-0.25f, -1e-7f, -11.5f},
        new long[] {3, 3, 4},
        FinishReason.END_OF_SEQUENCE,
        -5_000_000_000L);
  }

  public static Score score(Rollout rollout, double value) {
    return new Score(rollout.id(), rollout.digest(), "helpful", value);
  }

  public static RolloutReference reference(String promptId, int sampleIndex) {
    return RolloutReference.to(rollout(promptId, sampleIndex));
  }

  public static List<RolloutReference> references(String... promptIds) {
    return Stream.of(promptIds).map(id -> reference(id, 0)).toList();
  }

  public static StepId step(long version) {
    return new StepId(new PolicyVersion(version), 0, "collector-0");
  }

  public static GramMatrix gram() {
    return GramMatrix.of(new double[][] {{4, -1.5}, {-1.5, 1e-9}});
  }

  public static StepStatistics statistics() {
    return new StepStatistics(
        List.of(
            new ObjectiveStatistics(OBJECTIVES.get(0), 0.5, 0.75, -0.01, 1.5, 0.5, -1),
            new ObjectiveStatistics(OBJECTIVES.get(1), -2, 0.25, 0.02, 0, 5, 1)),
        4,
        77,
        LossAggregation.TOKEN_MEAN,
        new PolicyStatistics(0.003, 2.5, 0.04),
        new ImportanceRatios(
            1.01,
            1.9,
            0.125,
            new TreeMap<>(
                Map.of(
                    0L, new OffPolicyTokens(70, 1e-7, 1, 1, 0),
                    8L, new OffPolicyTokens(7, 0.25, 0.5, 0.75, 0.125)))),
        new Staleness(0.5, 1),
        Map.of("forward", 0.25, "backward", 1.5));
  }

  public static ObjectiveGradients objectiveGradients(long version) {
    return new ObjectiveGradients(
        step(version),
        new MeasuredBatch(gram(), Optional.of(gram()), statistics(), Optional.empty()),
        references("a", "b"),
        memory(0.5, -1e300));
  }

  private static MethodMemory memory(Double... numbers) {
    return MethodMemory.of("a method", Map.of("helpful", List.of(numbers), "harmless", List.of()));
  }

  public static UpdateDirection direction(long version) {
    return new UpdateDirection(
        step(version),
        new Combination(
            new double[] {0.25, 0.75},
            new double[] {0.125, 3e8},
            6e-14,
            List.of("harmless"),
            memory(-7.0)),
        0.0,
        gram(),
        new ScopeAudit(gram(), List.of(0.5, 0.5), 0.875));
  }

  public static VersionLineage versionLineage(long version, String... promptIds) {
    return new VersionLineage(
        new PolicyVersion(version),
        2,
        direction(version - 1),
        statistics(),
        new AppliedUpdate(0.5, 1e-5),
        references(promptIds),
        Instant.parse("2026-11-23T10:15:30.123456789Z"),
        "org/name@0123456789abcdef0123456789abcdef01234567");
  }

  public static Settlement settlement(String promptId, Settlement.Fate fate) {
    return new Settlement(reference(promptId, 0), fate, 3, "because");
  }

  /** Two tensors of {@code elements} floats each, and a scalar. */
  public static List<NamedTensor> tensors(long seed, int elements) {
    Random random = new Random(seed);
    return List.of(
        tensor("model.embed_tokens.weight", random, DataType.F32, elements),
        tensor("scale", random, DataType.BF16),
        tensor("model.norm.weight", random, DataType.F16, 2, elements / 2));
  }

  public static NamedTensor tensor(String name, Random random, DataType type, long... shape) {
    long elements = 1;
    for (long dimension : shape) {
      elements *= dimension;
    }
    byte[] data = new byte[Math.toIntExact(elements * type.bytes())];
    random.nextBytes(data);
    return new NamedTensor(name, type, shape, data);
  }

  public static PolicySnapshot snapshot(long version, long epoch) {
    return new PolicySnapshot(
        new PolicyVersion(version), epoch, tensors(31 * epoch + version, 100));
  }

  public static GradientPart gradientPart(long version) {
    return new GradientPart(
        direction(version), statistics(), references("a", "b"), tensors(version, 100));
  }

  public static RawRecord record(String topic, long offset, byte @Nullable [] value) {
    return new RawRecord(new RecordCoordinates(topic, TOPIC_ID, 0, offset), null, value);
  }

  public static RawRecord record(String topic, long offset, String value) {
    return record(topic, offset, value.getBytes(StandardCharsets.UTF_8));
  }
}
