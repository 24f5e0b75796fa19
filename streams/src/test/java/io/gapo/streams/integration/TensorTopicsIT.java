package io.gapo.streams.integration;

import static io.gapo.streams.integration.TestCluster.await;
import static io.gapo.streams.integration.TestCluster.awaitUntil;
import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.core.step.GradientPart;
import io.gapo.streams.codec.PolicySnapshotFormat;
import io.gapo.streams.collector.KafkaStepPublisher;
import io.gapo.streams.kafka.KafkaAccess;
import io.gapo.streams.kafka.KafkaSettings;
import io.gapo.streams.kafka.RunningStage;
import io.gapo.streams.optimizer.KafkaVersionPublisher;
import io.gapo.streams.optimizer.OptimizerStage;
import io.gapo.streams.tensor.AssemblyLimits;
import io.gapo.streams.tensor.TensorChunking;
import io.gapo.streams.tensor.TensorChunking.Piece;
import io.gapo.streams.version.PolicyVersionFeed;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith(SharedCluster.class)
class TensorTopicsIT {

  /** More than two chunks. */
  private static final int ELEMENTS = 600_000;

  private final TestCluster cluster;

  TensorTopicsIT(TestCluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void aReaderBeginsWithTheNewestVersionAndFollows() throws Exception {
    KafkaAccess kafka = cluster.access(cluster.topics("versions."));
    KafkaVersionPublisher publisher = KafkaVersionPublisher.create(kafka);
    for (int version = 0; version < 4; version++) {
      await(publisher.publish(Samples.snapshot(version, 1, ELEMENTS)));
    }
    Queue<PolicySnapshot> adopted = new ConcurrentLinkedQueue<>();

    RunningStage feed = follow(kafka, adopted);
    awaitUntil("the newest version is adopted", () -> !adopted.isEmpty());
    await(publisher.publish(Samples.snapshot(4, 1, ELEMENTS)));
    awaitUntil("the next version is adopted", () -> adopted.size() == 2);
    await(feed.drainAndShutdown());

    assertThat(adopted)
        .containsExactly(Samples.snapshot(3, 1, ELEMENTS), Samples.snapshot(4, 1, ELEMENTS));
  }

  @Test
  void aTornVersionIsSkippedAndReported() throws Exception {
    List<String> reports = new ArrayList<>();
    KafkaSettings settings = cluster.topics("torn.");
    KafkaAccess kafka = cluster.access(settings, reportingTo(reports));
    String topic = settings.topics().policyVersions();
    Queue<PolicySnapshot> adopted = new ConcurrentLinkedQueue<>();
    KafkaVersionPublisher publisher = KafkaVersionPublisher.create(kafka);
    RunningStage feed = follow(kafka, adopted);
    await(publisher.publish(Samples.snapshot(6, 1, 1000)));
    awaitUntil("the reader follows", () -> !adopted.isEmpty());
    Iterator<Piece> pieces =
        new TensorChunking<>(new PolicySnapshotFormat(), 1000)
            .pieces(Samples.snapshot(7, 1, 1000), "torn", "slot");

    pieces.next();
    while (pieces.hasNext()) {
      Piece piece = pieces.next();
      await(kafka.publisher().publish(new ProducerRecord<>(topic, piece.key(), piece.value())));
    }
    await(publisher.publish(Samples.snapshot(7, 2, 1000)));
    awaitUntil("the whole version is adopted", () -> adopted.size() == 2);
    await(feed.drainAndShutdown());

    assertThat(adopted).containsExactly(Samples.snapshot(6, 1, 1000), Samples.snapshot(7, 2, 1000));
    assertThat(reports)
        .containsExactly("optimizer, torn.policy-versions: its first chunks are not here");
  }

  @Test
  void anOptimizerReadsOnFromItsCheckpoint() throws Exception {
    KafkaAccess kafka = cluster.access(cluster.topics("gradients."));
    KafkaStepPublisher publisher = KafkaStepPublisher.create(kafka);
    Optimizer optimizer = new Optimizer();
    await(publisher.publish(Samples.gradientPart(0, ELEMENTS)));
    await(publisher.publish(Samples.gradientPart(1, ELEMENTS)));

    RunningStage stage = optimizer.start(kafka);
    awaitUntil("two parts are applied", () -> optimizer.applied.size() == 2);
    await(stage.drainAndShutdown());
    await(publisher.publish(Samples.gradientPart(2, ELEMENTS)));
    stage = optimizer.start(kafka);
    awaitUntil("the third is applied", () -> optimizer.applied.size() == 3);
    await(stage.drainAndShutdown());

    assertThat(optimizer.applied)
        .containsExactly(
            Samples.gradientPart(0, ELEMENTS),
            Samples.gradientPart(1, ELEMENTS),
            Samples.gradientPart(2, ELEMENTS));
  }

  @Test
  void aPartThatCouldNotBeAppliedComesAgain() throws Exception {
    KafkaAccess kafka = cluster.access(cluster.topics("full-disk."));
    KafkaStepPublisher publisher = KafkaStepPublisher.create(kafka);
    Optimizer optimizer = new Optimizer();
    optimizer.failures.set(2);

    RunningStage stage = optimizer.start(kafka);
    await(publisher.publish(Samples.gradientPart(0, 10)));
    awaitUntil("the part is applied", () -> optimizer.applied.size() == 1);
    await(stage.drainAndShutdown());

    assertThat(optimizer.applied).containsExactly(Samples.gradientPart(0, 10));
    assertThat(optimizer.failures).hasValue(0);
  }

  private static RunningStage follow(KafkaAccess kafka, Queue<PolicySnapshot> adopted) {
    return PolicyVersionFeed.start(
        kafka,
        Stage.OPTIMIZER,
        AssemblyLimits.DEFAULT,
        version -> {
          adopted.add(version);
          return CompletableFuture.completedFuture(Done.done());
        });
  }

  private static PipelineListener reportingTo(List<String> reports) {
    return new PipelineListener() {
      @Override
      public void transferSkipped(Stage stage, String topic, String reason) {
        reports.add("%s, %s: %s".formatted(stage, topic, reason));
      }
    };
  }

  /** Keeps its offsets and forgets its weights. */
  private static final class Optimizer {

    private final Queue<GradientPart> applied = new ConcurrentLinkedQueue<>();
    private volatile Map<String, Long> checkpoint = Map.of();
    private final AtomicInteger failures = new AtomicInteger();

    RunningStage start(KafkaAccess kafka) {
      return OptimizerStage.start(
          kafka,
          AssemblyLimits.DEFAULT,
          () -> CompletableFuture.completedFuture(checkpoint),
          (part, offsets) -> {
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
              return CompletableFuture.failedFuture(new IllegalStateException("disk full"));
            }
            applied.add(part);
            checkpoint = offsets;
            return CompletableFuture.completedFuture(Done.done());
          });
    }
  }
}
