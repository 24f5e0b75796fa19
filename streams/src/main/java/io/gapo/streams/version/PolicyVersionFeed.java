package io.gapo.streams.version;

import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.Stage;
import io.gapo.streams.codec.PolicySnapshotFormat;
import io.gapo.streams.intake.SkippedTransfers;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.PlainStream;
import io.gapo.streams.kafka.PlainStream.From;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.tensor.AssemblyLimits;
import io.gapo.streams.tensor.TensorAssembler;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** From topic {@code policy-versions} to whoever works with the newest version. */
public final class PolicyVersionFeed {

  private PolicyVersionFeed() {}

  /**
   * Starts it: the newest complete version that there is, then each that follows; those that come
   * while one is being adopted give way to the newest of them. After a failure the newest comes
   * again.
   *
   * @param stage who adopts them
   * @param adopt completes when the version is adopted
   */
  public static RunningStage start(
      KafkaAccess kafka,
      Stage stage,
      AssemblyLimits limits,
      Function<PolicySnapshot, CompletionStage<?>> adopt) {
    String topic = kafka.topics().policyVersions();
    return PlainStream.start(
        stage,
        stage + "'s policy versions",
        kafka,
        topic,
        Duration.ZERO,
        PlainStream.decidedBy(
            kafka,
            topic,
            range ->
                new From<>(
                    range.begin(),
                    PolicyVersionFlow.create(
                        TensorAssembler.flow(new PolicySnapshotFormat(), limits, kafka.lent()),
                        range.isEmpty() ? 0 : range.end(),
                        adopt,
                        new SkippedTransfers<>(stage, kafka.listener()),
                        kafka.quarantine(stage)))));
  }
}
