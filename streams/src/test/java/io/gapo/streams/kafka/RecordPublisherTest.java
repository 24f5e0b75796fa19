package io.gapo.streams.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.policy.TensorStorage;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.streams.Examples;
import io.gapo.streams.codec.PolicySnapshotFormat;
import io.gapo.streams.codec.QuarantinedCodec;
import io.gapo.streams.tensor.Assembly;
import io.gapo.streams.tensor.Assembly.Skipped;
import io.gapo.streams.tensor.Assembly.Whole;
import io.gapo.streams.tensor.AssemblyLimits;
import io.gapo.streams.tensor.LentTransfers;
import io.gapo.streams.tensor.TensorAssembler;
import io.gapo.streams.tensor.TensorChunking;
import io.gapo.streams.topic.Quarantined;
import io.gapo.streams.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordPublisherTest {

  private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final RecordPublisher publisher = new RecordPublisher(producer);
  private final LentTransfers lent = new LentTransfers();

  @AfterEach
  void close() {
    publisher.close();
  }

  @Test
  void recordsAreSentInTheOrderOfTheCalls() throws Exception {
    List<ProducerRecord<byte[], byte[]>> records =
        Stream.of("a", "b", "c").map(RecordPublisherTest::record).toList();

    await(publisher.publish(records));

    assertThat(producer.history()).containsExactlyElementsOf(records);
  }

  @Test
  void aRecordThatCannotBeSentFailsItsStageOnly() throws Exception {
    producer.sendException = new TimeoutException("no metadata");
    assertThatThrownBy(() -> await(publisher.publish(record("a"))))
        .hasRootCauseMessage("no metadata");

    producer.sendException = null;
    await(publisher.publish(record("b")));
  }

  @Test
  void nothingCanBePublishedAfterClosing() {
    publisher.close();

    assertThatThrownBy(() -> await(publisher.publish(record("a"))))
        .hasStackTraceContaining("the producer is closed");
  }

  @Test
  void transfersAreSentOneAfterTheOther() throws Exception {
    KafkaTensorPublisher<PolicySnapshot> tensors = tensors();
    PolicySnapshot first = snapshot(1);
    PolicySnapshot second = snapshot(2);

    CompletionStage<Done> firstSent = tensors.publish(first);
    await(tensors.publish(second));
    await(firstSent);

    TensorAssembler<PolicySnapshot> assembler =
        new TensorAssembler<>(new PolicySnapshotFormat(), AssemblyLimits.DEFAULT, lent);
    List<Assembly<PolicySnapshot>> found = new ArrayList<>();
    for (ProducerRecord<byte[], byte[]> record : producer.history()) {
      found.addAll(assembler.accept(Examples.record(record.topic(), found.size(), record.value())));
    }
    assertThat(found.stream().filter(Whole.class::isInstance).map(RecordPublisherTest::value))
        .containsExactly(first, second);
    assertThat(found).hasSize(2 * (25 + 1));
  }

  @Test
  void aTransferThatFailsDoesNotHinderTheNext() throws Exception {
    KafkaTensorPublisher<PolicySnapshot> tensors = tensors();
    producer.sendException = new TimeoutException("no leader");
    assertThatThrownBy(() -> await(tensors.publish(snapshot(1)))).hasRootCauseMessage("no leader");
    producer.sendException = null;

    await(tensors.publish(snapshot(2)));
  }

  @Test
  void ofLentTensorsItSendsOnlyWhereTheyAre() throws Exception {
    KafkaTensorPublisher<PolicySnapshot> tensors = tensors();
    PolicySnapshot first = lentSnapshot(1);
    PolicySnapshot second = lentSnapshot(2);

    await(tensors.publish(first));
    await(tensors.publish(second));

    assertThat(producer.history()).hasSize(2).allMatch(record -> record.value().length < 200);
    TensorAssembler<PolicySnapshot> here =
        new TensorAssembler<>(new PolicySnapshotFormat(), AssemblyLimits.DEFAULT, lent);
    assertThat(read(here, 0))
        .isInstanceOfSatisfying(
            Skipped.class,
            skipped -> assertThat(skipped.reason()).startsWith("newer tensors have taken"));
    PolicySnapshot arrived = value(read(here, 1));
    assertThat(arrived).isEqualTo(second);
    assertThat(arrived.tensors().get(0).storage()).isSameAs(second.tensors().get(0).storage());
    TensorAssembler<PolicySnapshot> elsewhere =
        new TensorAssembler<>(
            new PolicySnapshotFormat(), AssemblyLimits.DEFAULT, new LentTransfers());
    assertThat(read(elsewhere, 1))
        .isInstanceOfSatisfying(
            Skipped.class,
            skipped -> assertThat(skipped.reason()).contains("gapo.runtime.lend-tensors = false"));
  }

  @Test
  void forgetsLentTensorsWhenTheNextAreOnTheHeap() throws Exception {
    KafkaTensorPublisher<PolicySnapshot> tensors = tensors();
    await(tensors.publish(lentSnapshot(1)));
    await(tensors.publish(snapshot(2)));

    assertThat(
            read(
                new TensorAssembler<>(new PolicySnapshotFormat(), AssemblyLimits.DEFAULT, lent), 0))
        .isInstanceOf(Skipped.class);
  }

  private Assembly<PolicySnapshot> read(TensorAssembler<PolicySnapshot> assembler, int record) {
    return assembler
        .accept(Examples.record("policy-versions", record, producer.history().get(record).value()))
        .get(0);
  }

  /** A snapshot as a model runtime lends it. */
  private static PolicySnapshot lentSnapshot(long version) {
    NamedTensor whole = snapshot(version).tensors().get(0);
    NamedTensor lentOut =
        new NamedTensor(
            whole.name(), whole.dataType(), whole.shape(), new LentStorage(whole.data()));
    return new PolicySnapshot(new PolicyVersion(version), 1, List.of(lentOut));
  }

  private record LentStorage(byte[] bytes) implements TensorStorage {
    @Override
    public long size() {
      return bytes.length;
    }
  }

  @Test
  void quarantineSaysWhatWhereAndWhy() throws Exception {
    List<String> received = new ArrayList<>();
    PipelineListener listener =
        new PipelineListener() {
          @Override
          public void quarantined(Stage stage, String topic) {
            received.add(stage + " of " + topic);
          }
        };
    KafkaQuarantine quarantine =
        new KafkaQuarantine(
            Stage.ROLLOUT_GENERATOR,
            new Topics("p."),
            publisher,
            listener,
            Clock.fixed(NOW, ZoneOffset.UTC));

    quarantine.put(Examples.record("p.prompts", 17, "{"), "malformed").toCompletableFuture().get();

    ProducerRecord<byte[], byte[]> written = producer.history().get(0);
    assertThat(written.topic()).isEqualTo("p.quarantine");
    assertThat(written.key())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("p.prompts@" + Examples.TOPIC_ID + "-0-17");
    Quarantined quarantined = new QuarantinedCodec().decode(written.value());
    assertThat(quarantined.at().offset()).isEqualTo(17);
    assertThat(quarantined.reason()).isEqualTo("malformed");
    assertThat(quarantined.time()).isEqualTo(NOW);
    assertThat(received).containsExactly("rollout-generator of p.prompts");
  }

  /** Chunks of 20 bytes, so that a snapshot takes several rounds. */
  private KafkaTensorPublisher<PolicySnapshot> tensors() {
    AtomicInteger transfers = new AtomicInteger();
    return new KafkaTensorPublisher<>(
        publisher,
        "policy-versions",
        new TensorChunking<>(new PolicySnapshotFormat(), 20),
        () -> "transfer-" + transfers.incrementAndGet(),
        snapshot -> "slot",
        lent);
  }

  /** 500 bytes of tensors. */
  private static PolicySnapshot snapshot(long version) {
    return new PolicySnapshot(
        new PolicyVersion(version),
        1,
        List.of(Examples.tensor("weight", new Random(version), DataType.F32, 125)));
  }

  private static PolicySnapshot value(Assembly<PolicySnapshot> whole) {
    return ((Whole<PolicySnapshot>) whole).value();
  }

  private static ProducerRecord<byte[], byte[]> record(String key) {
    return new ProducerRecord<>("topic", key.getBytes(StandardCharsets.UTF_8), new byte[] {1});
  }

  private static void await(CompletionStage<?> stage) throws Exception {
    stage.toCompletableFuture().get(1, TimeUnit.MINUTES);
  }
}
