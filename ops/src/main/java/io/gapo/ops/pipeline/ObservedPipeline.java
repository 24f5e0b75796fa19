package io.gapo.ops.pipeline;

import com.typesafe.config.Config;
import io.gapo.core.port.PipelineListener;
import io.gapo.core.port.Stage;
import io.gapo.ops.config.GapoConfig;
import io.gapo.ops.kafka.BrokerWatch;
import io.gapo.ops.metrics.ConsumerLag;
import io.gapo.ops.metrics.Health;
import io.gapo.ops.metrics.MetricsServer;
import io.gapo.ops.metrics.PipelineMeters;
import io.gapo.ops.metrics.ProcessMeters;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * A pipeline with its meters and health over HTTP, which logs when Kafka does not answer: what a
 * process of its own looks like.
 */
public final class ObservedPipeline implements AutoCloseable {

  private static final Duration LAG_EVERY = Duration.ofSeconds(5);

  private final MetricsServer server;
  private final Pipeline pipeline;
  private final Deque<Runnable> closing;

  /**
   * @param closing what was opened, the last first
   */
  private ObservedPipeline(MetricsServer server, Pipeline pipeline, Deque<Runnable> closing) {
    this.server = server;
    this.pipeline = pipeline;
    this.closing = closing;
  }

  /**
   * Starts the stages, and returns when all of them work or are on their way to it; see {@code
   * /health/ready}.
   *
   * @param root the settings that {@code config} was read from
   * @param listeners are told what happens, beside the meters
   */
  public static ObservedPipeline start(
      Config root, GapoConfig config, Set<Stage> roles, List<PipelineListener> listeners) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    Health health = new Health();
    List<PipelineListener> all = new ArrayList<>(listeners);
    all.add(new PipelineMeters(registry, config.objectiveNames(), Clock.systemUTC()));
    Deque<Runnable> closing = new ArrayDeque<>();
    boolean started = false;
    try {
      MetricsServer server = MetricsServer.start(config.metrics(), registry, health);
      closing.push(server::close);
      ProcessMeters process = new ProcessMeters(registry);
      closing.push(process::close);
      Pipeline pipeline = Pipeline.start(root, config, roles, new Listeners(all), health);
      closing.push(pipeline::close);
      ConsumerLag lag =
          ConsumerLag.watch(config.kafka(), pipeline.consumedTopics(), LAG_EVERY, registry);
      closing.push(lag::close);
      BrokerWatch brokers = BrokerWatch.start(config.kafka());
      closing.push(brokers::close);
      started = true;
      return new ObservedPipeline(server, pipeline, closing);
    } finally {
      if (!started) {
        closing.forEach(Runnable::run);
      }
    }
  }

  /** Host and port of the metrics. */
  public String metricsAddress() {
    return server.address().getHostString() + ":" + server.address().getPort();
  }

  /** The stages. */
  public Pipeline pipeline() {
    return pipeline;
  }

  /** Turns unready, drains, commits and stops. */
  @Override
  public void close() {
    closing.forEach(Runnable::run);
  }
}
