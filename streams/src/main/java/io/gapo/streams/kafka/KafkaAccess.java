package io.gapo.streams.kafka;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.kafka.CommitterSettings;
import akka.kafka.ConsumerSettings;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.tensor.LentTransfers;
import io.gapo.streams.topic.ConsumerGroups;
import io.gapo.streams.topic.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** What all stages of one process share: the actor system, one producer, the settings. */
public final class KafkaAccess implements AutoCloseable {

  /** In this module's reference.conf. */
  private static final String DISPATCHER = "gapo-kafka-dispatcher";

  /** Five hops take 6 ms with it, and 14 with the default of 50 ms. */
  private static final Duration POLL_INTERVAL = Duration.ofMillis(5);

  /** Idle consumers wake up five times a second, and not twenty as by default. */
  private static final Duration POLL_TIMEOUT = Duration.ofMillis(200);

  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);

  private final ActorSystem<?> system;
  private final KafkaSettings settings;
  private final StageSettings stages;
  private final PipelineListener listener;
  private final RecordPublisher publisher;
  private final TopicIds topicIds;
  private final LentTransfers lent = new LentTransfers();

  private KafkaAccess(
      ActorSystem<?> system,
      KafkaSettings settings,
      StageSettings stages,
      PipelineListener listener,
      RecordPublisher publisher,
      TopicIds topicIds) {
    this.system = system;
    this.settings = settings;
    this.stages = stages;
    this.listener = listener;
    this.publisher = publisher;
    this.topicIds = topicIds;
  }

  /**
   * Access for the stages of this process.
   *
   * @param system runs the streams; stays the caller's
   * @param listener is told of records taken and quarantined, and of tensors that did not arrive
   */
  public static KafkaAccess open(
      ActorSystem<?> system,
      KafkaSettings settings,
      StageSettings stages,
      PipelineListener listener) {
    return new KafkaAccess(
        system,
        settings,
        stages,
        listener,
        RecordPublisher.create(settings),
        TopicIds.open(settings));
  }

  public Topics topics() {
    return settings.topics();
  }

  public ConsumerGroups groups() {
    return settings.groups();
  }

  /** The one producer. */
  public RecordPublisher publisher() {
    return publisher;
  }

  /** Tensors that stages of this process lend each other. */
  public LentTransfers lent() {
    return lent;
  }

  /** The id that Kafka gives a topic now; another once it is deleted and created again. */
  public CompletionStage<String> topicId(String topic) {
    return topicIds.of(topic);
  }

  /** Reads topics from one point to another, outside of all streams. */
  public TopicReader reader() {
    return new TopicReader(settings);
  }

  ActorSystem<?> system() {
    return system;
  }

  public StageSettings stages() {
    return stages;
  }

  public PipelineListener listener() {
    return listener;
  }

  public Quarantine quarantine(Stage stage) {
    return new KafkaQuarantine(stage, topics(), publisher, listener, Clock.systemUTC());
  }

  /** What a stage takes records through that it reads by a group's committed offsets. */
  RecordIntake intake(Stage stage, String topic) {
    return new RecordIntake(
        stage, Instant.EPOCH, listener, Clock.systemUTC(), new Incarnation(() -> topicId(topic)));
  }

  /** Like {@link #intake}, but reads what was written before the stream started as history. */
  RecordIntake intakeFromNow(Stage stage, String topic) {
    Clock clock = Clock.systemUTC();
    return new RecordIntake(
        stage, clock.instant(), listener, clock, new Incarnation(() -> topicId(topic)));
  }

  Duration metadataAge() {
    return settings.metadataAge();
  }

  /** For calls that wait for Kafka. */
  Executor blocking() {
    return system.dispatchers().lookup(DispatcherSelector.blocking());
  }

  /** A consumer whose offsets are committed. */
  ConsumerSettings<byte[], byte[]> member(String group) {
    return consumer().withProperties(settings.member(group));
  }

  /** A consumer that says what to read itself, whose offsets are committed. */
  ConsumerSettings<byte[], byte[]> outsider(String group) {
    return plainReader().withGroupId(group);
  }

  /** A consumer that says where to read itself. */
  ConsumerSettings<byte[], byte[]> plainReader() {
    return consumer().withProperties(settings.reader());
  }

  CommitterSettings committer() {
    return CommitterSettings.create(system).withMaxInterval(COMMIT_INTERVAL);
  }

  /** A stream is stopped only after its commits, so the consumer need not wait for them. */
  private ConsumerSettings<byte[], byte[]> consumer() {
    return ConsumerSettings.create(system, new ByteArrayDeserializer(), new ByteArrayDeserializer())
        .withDispatcher(DISPATCHER)
        .withPollInterval(POLL_INTERVAL)
        .withPollTimeout(POLL_TIMEOUT)
        .withStopTimeout(Duration.ZERO);
  }

  /** Closes the clients, after all stages are drained. */
  @Override
  public void close() {
    publisher.close();
    topicIds.close();
  }
}
