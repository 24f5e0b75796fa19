package io.gapo.ops.config;

import com.sun.management.OperatingSystemMXBean;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.core.port.Stage;
import io.gapo.runtime.gradients.GraphMemory;
import io.gapo.runtime.gradients.PpoSettings;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaLayout;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.sampling.SamplerSettings;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a process needs at least, held against what there is, before a model is loaded: on the Java
 * heap, in native memory and in the topics of tensors.
 */
public final class MemoryNeeds {

  /** A version on the heap: as chunks, put together, and the one that it replaces. */
  private static final int COPIES_ON_HEAP = 3;

  /** Topics of tensors hold the newest version while the next is written. */
  private static final int VERSIONS_IN_TOPIC = 2;

  private final GapoConfig config;
  private final Set<Stage> roles;
  private final boolean lends;

  /**
   * The needs of one process.
   *
   * @param lends whether tensors stay out of Kafka
   */
  public MemoryNeeds(GapoConfig config, Set<Stage> roles, boolean lends) {
    this.config = config;
    this.roles = Set.copyOf(roles);
    this.lends = lends;
  }

  /**
   * What a process has.
   *
   * @param heap bytes that the Java heap may grow to
   * @param total bytes of memory, of the container if there is one
   */
  public record Machine(long heap, long total) {

    /** This process's. */
    public static Machine here() {
      OperatingSystemMXBean system =
          ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
      return new Machine(Runtime.getRuntime().maxMemory(), system.getTotalMemorySize());
    }
  }

  /**
   * Refuses what cannot fit.
   *
   * @throws ConfigurationException naming what is needed, what there is and what to change; or if
   *     the policy cannot read sequences as long as the settings allow
   */
  public void require(Machine machine) {
    if (roles.stream().noneMatch(Stage::holdsPolicy)) {
      return;
    }
    PartSettings parts = new PartSettings(config);
    parts.requireRoom();
    LlamaConfig model = LlamaConfig.read(config.policyPath());
    long trained = trainedBytes(parts, model);
    if (!lends) {
      requireTopics(trained);
      requireHeap(trained, machine);
    }
    if (!config.runtime().torch().device().startsWith("cuda")) {
      requireNative(outsideTheHeap(parts, model, trained), machine);
    }
  }

  private void requireTopics(long trained) {
    long retention = config.kafka().topicLayout().tensorRetentionBytes();
    if (retention < VERSIONS_IN_TOPIC * trained) {
      throw new ConfigurationException(
          "gapo.kafka.tensor-retention",
          "must hold two versions of the policy, which take %s each; was %s: set it to %s or more,"
                  .formatted(text(trained), text(retention), text(VERSIONS_IN_TOPIC * trained))
              + " train an adapter (gapo.policy.lora.rank), or let one process have all roles, which"
              + " lends its tensors");
    }
  }

  private void requireHeap(long trained, Machine machine) {
    long holders = roles.stream().filter(Stage::holdsPolicy).count();
    long needed = holders * COPIES_ON_HEAP * trained;
    if (needed > machine.heap()) {
      throw new ConfigurationException(
          "gapo.runtime.lend-tensors",
          "is off, so that versions of %s go through the Java heap, which needs %s for them and may"
                  .formatted(text(trained), text(needed))
              + " grow to %s only: start Java with a larger -Xmx, train an adapter"
                  .formatted(text(machine.heap()))
              + " (gapo.policy.lora.rank), or let one process have all roles and lend its tensors");
    }
  }

  private static void requireNative(Map<String, Long> needs, Machine machine) {
    long needed = needs.values().stream().mapToLong(Long::longValue).sum();
    if (needed > machine.total()) {
      throw new ConfigurationException(
          "these settings need %s of memory (%s) where there are %s:"
                  .formatted(
                      text(needed),
                      needs.entrySet().stream()
                          .map(need -> need.getKey() + " " + text(need.getValue()))
                          .collect(Collectors.joining(", ")),
                      text(machine.total()))
              + " lower gapo.training.graph-memory, gapo.training.micro-batch-tokens,"
              + " gapo.sampling.slots or gapo.sampling.max-response-tokens, train an adapter"
              + " (gapo.policy.lora.rank), set gapo.runtime.dtype to bf16, or run the roles on"
              + " machines of their own");
    }
  }

  /** Bytes outside the heap by what they are for, estimated; score models are left out. */
  private Map<String, Long> outsideTheHeap(PartSettings parts, LlamaConfig model, long trained) {
    DataType type = config.runtime().torch().dataType();
    long weights = elements(LlamaLayout.shapes(model, OutputLayer.VOCABULARY)) * type.bytes();
    boolean whole = parts.initialPolicy().adapter().isEmpty();
    SamplerSettings sampler = parts.sampler();
    Map<String, Long> needs = new LinkedHashMap<>();
    if (roles.contains(Stage.ROLLOUT_GENERATOR)) {
      needs.put("the sampler's weights", whole ? weights : 2 * weights);
      long positions = (long) sampler.maxPromptTokens() + sampler.maxResponseTokens();
      long row = 2L * model.layers() * model.keyValueHeads() * model.headSize() * type.bytes();
      needs.put("its keys and values", sampler.slots() * positions * row);
    }
    if (roles.contains(Stage.GRADIENT_COLLECTOR)) {
      PpoSettings ppo = config.collector().ppo();
      needs.put("the collector's weights", whole ? 2 * weights : weights);
      needs.put("gradients", trained);
      needs.put(
          "a step",
          new GraphMemory(model, type, ppo.memory().graphBytes())
              .peak(
                  config.collector().stage().batchSize(),
                  sampler.maxPromptTokens(),
                  sampler.maxResponseTokens(),
                  ppo.memory().microBatchTokens()));
    }
    if (roles.contains(Stage.OPTIMIZER)) {
      needs.put("the optimizer's weights and moments", 3 * trained);
    }
    return needs;
  }

  /** Bytes of all tensors of a version in single precision, as they travel, without value heads. */
  private long trainedBytes(PartSettings parts, LlamaConfig model) {
    return Float.BYTES
        * elements(
            parts
                .initialPolicy()
                .adapter()
                .map(source -> PeftAdapter.shapes(model, source.settingsFor(model)))
                .orElseGet(() -> LlamaLayout.shapes(model, OutputLayer.VOCABULARY)));
  }

  private static long elements(Map<String, long[]> shapes) {
    return shapes.values().stream()
        .mapToLong(shape -> Arrays.stream(shape).reduce(1, Math::multiplyExact))
        .sum();
  }

  private static String text(long bytes) {
    return bytes < 10L << 30
        ? String.format(Locale.ROOT, "%d MiB", (bytes + (1 << 20) - 1) >> 20)
        : String.format(Locale.ROOT, "%.1f GiB", (double) bytes / (1 << 30));
  }
}
