package io.gapo.lab.demo;

import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.ops.config.KafkaConfig;
import io.gapo.ops.feed.PromptFeeder;
import io.gapo.ops.kafka.Cluster;
import io.gapo.streams.kafka.TopicReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps topic {@code prompts} a little ahead of the generator, from a list that it repeats.
 *
 * <p>Prompts are numbered, and the number is in the id: {@code demo-00000042}. After a restart it
 * continues behind the highest number in the topic, so that none is fed twice.
 */
public final class PromptSupply implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(PromptSupply.class);
  private static final String ID_PREFIX = "demo-";
  private static final long NONE = -1;
  private static final Duration LOOK_EVERY = Duration.ofMillis(200);

  private final String generatorGroup;
  private final List<Asked> asked;
  private final int ahead;
  private final Cluster cluster;
  private final PromptFeeder feeder;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "prompt-supply");
            thread.setDaemon(true);
            return thread;
          });

  /** A prompt without its id. */
  public record Asked(String text, Optional<PromptPreference> preference) {}

  /** Number of the next prompt; touched by the timer's thread only, once it runs. */
  private long next;

  private PromptSupply(
      String generatorGroup, List<Asked> asked, int ahead, Cluster cluster, PromptFeeder feeder) {
    this.generatorGroup = generatorGroup;
    this.asked = List.copyOf(asked);
    this.ahead = ahead;
    this.cluster = cluster;
    this.feeder = feeder;
  }

  /**
   * Starts to feed.
   *
   * @param generatorGroup the generators' consumer group, whose progress is followed
   * @param asked the prompts, in the order of feeding; repeated when they run out
   * @param ahead prompts that wait in the topic, about
   */
  public static PromptSupply start(
      KafkaConfig kafka, String generatorGroup, List<Asked> asked, int ahead) {
    if (asked.isEmpty() || ahead < 1) {
      throw new IllegalArgumentException("a supply needs prompts, and at least one ahead");
    }
    PromptSupply supply =
        new PromptSupply(
            generatorGroup, asked, ahead, Cluster.connect(kafka), PromptFeeder.open(kafka));
    supply.next = highestFed(kafka).orElse(NONE) + 1;
    LOG.info("Feeding prompts from number {} on", supply.next);
    ScheduledFuture<?> unused =
        supply.timer.scheduleWithFixedDelay(
            supply::topUpOrRetry, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    return supply;
  }

  /** Stops feeding; what was fed is durable. */
  @Override
  public void close() {
    timer.shutdownNow();
    try {
      if (!timer.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("The prompt supply is still busy; leaving it behind");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    feeder.close();
    cluster.close();
  }

  private void topUpOrRetry() {
    try {
      topUp();
    } catch (RuntimeException e) {
      if (timer.isShutdown()) {
        // Kafka's clients report the interruption by close as an exception of their own.
        return;
      }
      // An exception would end the schedule; Kafka may be back at the next look.
      LOG.warn("Cannot feed prompts now: {}", e.toString());
    }
  }

  private void topUp() {
    List<CompletableFuture<Void>> underway = new ArrayList<>();
    for (long waiting = cluster.recordsWaiting(generatorGroup, feeder.topic());
        waiting < ahead;
        waiting++) {
      Asked prompt = asked.get((int) (next % asked.size()));
      underway.add(feeder.feed(new Prompt(id(next), prompt.text(), prompt.preference())));
      next++;
    }
    feeder.flush();
    underway.forEach(CompletableFuture::join);
  }

  private static String id(long number) {
    return ID_PREFIX + String.format(Locale.ROOT, "%08d", number);
  }

  /** The highest number among the topic's prompts that a supply fed. */
  private static OptionalLong highestFed(KafkaConfig kafka) {
    AtomicLong highest = new AtomicLong(NONE);
    new TopicReader(kafka.access(Optional.empty()))
        .readAll(
            kafka.topics().prompts(),
            fed -> number(fed.key()).ifPresent(n -> highest.accumulateAndGet(n, Math::max)));
    return highest.get() == NONE ? OptionalLong.empty() : OptionalLong.of(highest.get());
  }

  private static OptionalLong number(byte @Nullable [] key) {
    String id = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    return id.matches(ID_PREFIX + "\\d{8,18}")
        ? OptionalLong.of(Long.parseLong(id.substring(ID_PREFIX.length())))
        : OptionalLong.empty();
  }
}
