package io.gapo.runtime.sampling;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.port.PolicySampler;
import io.gapo.core.rollout.ChatMessage;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import io.gapo.runtime.checkpoint.ValueHeadName;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.SpecialTokens;
import io.gapo.runtime.lora.AdapterSource;
import io.gapo.runtime.lora.InitialPolicy;
import io.gapo.runtime.lora.LoraMerge;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.text.UnreadableConversationException;
import io.gapo.runtime.text.UnsupportedTemplateException;
import io.gapo.runtime.text.UnsupportedTokenizerException;
import io.gapo.runtime.torch.CloseOnFailure;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Samples from a Llama policy with continuous batching (Yu et al., OSDI 2022): sequences join and
 * leave between two tokens, and a prompt is read once for all its samples.
 *
 * <p>A response depends on its seed, its prompt and the weights; on its neighbors only as far as
 * the batch's shape moves the rounding of sums.
 *
 * <p>Adopted weights act from the next token on. The running sequences' keys and values stay those
 * of the weights that computed them, as in PipelineRL (Piché et al. 2025): the recorded
 * log-probabilities are those of what was really sampled from.
 */
public final class ContinuousBatchSampler implements PolicySampler {

  /** Trainable tensors that the sampler has no use for. */
  private final TorchRuntime runtime;

  private final LlamaWeights weights;
  private final Optional<LoraMerge> merge;
  private final TextCodec codec;
  private final SamplerSettings settings;
  private final SpecialTokens specialTokens;
  private final DecodeBatch batch;

  /** Sequence i has row i of the cache. */
  private final List<RunningSequence> running = new ArrayList<>();

  private PolicyVersion version = PolicyVersion.INITIAL;

  private ContinuousBatchSampler(
      TorchRuntime runtime,
      LlamaWeights weights,
      Optional<LoraMerge> merge,
      TextCodec codec,
      SamplerSettings settings) {
    this.runtime = runtime;
    this.weights = weights;
    this.merge = merge;
    this.codec = codec;
    this.settings = settings;
    this.specialTokens = weights.config().specialTokens();
    this.batch =
        new DecodeBatch(
            runtime, weights, settings.slots(), settings.positions(), settings.temperature());
  }

  /**
   * Samples from a policy without an adapter; see {@link #open(InitialPolicy, SamplerSettings,
   * TorchSettings)}.
   */
  public static ContinuousBatchSampler open(
      Path policyDirectory, SamplerSettings settings, TorchSettings torch) {
    return open(InitialPolicy.whole(policyDirectory), settings, torch);
  }

  /**
   * Loads a policy and allocates its cache. An adapter is merged into the weights whenever one is
   * adopted: decoding is as fast as without.
   *
   * @param initial in a directory of Hugging Face's layout: {@code config.json}, {@code
   *     model.safetensors}, {@code tokenizer.json}
   * @throws IllegalArgumentException if the settings allow longer sequences than the policy reads
   * @throws UnsupportedTokenizerException if the template has a token that the policy does not know
   * @throws UnsupportedTemplateException if the tokenizer adds a token that the template has
   */
  public static ContinuousBatchSampler open(
      InitialPolicy initial, SamplerSettings settings, TorchSettings torch) {
    TorchRuntime runtime = TorchRuntime.start(torch);
    return CloseOnFailure.create(() -> open(initial, settings, runtime), runtime::close);
  }

  private static ContinuousBatchSampler open(
      InitialPolicy initial, SamplerSettings settings, TorchRuntime runtime) {
    LlamaWeights weights = LlamaWeights.load(runtime, initial.directory());
    requireRoom(settings, weights.config());
    TextCodec codec =
        TextCodec.open(
            initial.directory(),
            weights.config().vocabulary(),
            settings.template(),
            settings.preferences());
    Optional<LoraMerge> merge = initial.adapter().map(source -> merge(runtime, weights, source));
    return new ContinuousBatchSampler(runtime, weights, merge, codec, settings);
  }

  private static LoraMerge merge(TorchRuntime runtime, LlamaWeights weights, AdapterSource source) {
    LoraMerge merge = new LoraMerge(runtime, weights, source.settingsFor(weights.config()));
    if (source instanceof AdapterSource.Saved saved) {
      merge.adopt(PeftAdapter.read(saved.directory(), weights.config()).tensors());
    }
    return merge;
  }

  private static void requireRoom(SamplerSettings settings, LlamaConfig config) {
    if (settings.positions() > config.maxPositions()) {
      throw new IllegalArgumentException(
          "%s prompt and %s response tokens do not fit: the policy reads at most %s"
              .formatted(
                  settings.maxPromptTokens(), settings.maxResponseTokens(), config.readingLimit()));
    }
  }

  @Override
  public Optional<String> rejection(Prompt prompt) {
    try {
      return settings
          .preferences()
          .rejection(prompt)
          .or(() -> rejection(encode(settings.preferences().complete(prompt))));
    } catch (UnsupportedTokenizerException | UnreadableConversationException e) {
      return Optional.ofNullable(e.getMessage());
    }
  }

  private int[] encode(Prompt prompt) {
    return codec.encode(settings.preferences().around(codec.format(), prompt));
  }

  private Optional<String> rejection(int[] promptTokens) {
    if (promptTokens.length == 0) {
      return Optional.of("the prompt has no tokens");
    }
    if (promptTokens.length > settings.maxPromptTokens()) {
      return Optional.of(
          "the prompt has %s tokens, more than %s"
              .formatted(promptTokens.length, settings.maxPromptTokens()));
    }
    return Optional.empty();
  }

  @Override
  public int freeSlots() {
    return settings.slots() - running.size();
  }

  @Override
  public int activeSequences() {
    return running.size();
  }

  @Override
  public void admit(List<SampleRequest> requests) {
    if (requests.size() > freeSlots()) {
      throw new IllegalStateException(
          "%s requests for %s free slots".formatted(requests.size(), freeSlots()));
    }
    Map<Asked, Integer> promptIndex = new LinkedHashMap<>();
    List<int[]> prompts = new ArrayList<>();
    List<Prompt> asked =
        requests.stream()
            .map(request -> settings.preferences().complete(request.prompt()))
            .toList();
    int[] promptOfRow = new int[requests.size()];
    for (int i = 0; i < promptOfRow.length; i++) {
      Prompt prompt = asked.get(i);
      promptOfRow[i] =
          promptIndex.computeIfAbsent(
              new Asked(prompt.history(), settings.preferences().apply(prompt)),
              same -> {
                prompts.add(encodeAdmissible(prompt));
                return prompts.size() - 1;
              });
    }
    batch.prefill(
        prompts.stream().map(prompt -> Arrays.copyOf(prompt, prompt.length - 1)).toList(),
        promptOfRow,
        running.size());
    for (int i = 0; i < promptOfRow.length; i++) {
      running.add(
          new RunningSequence(
              requests.get(i).asking(asked.get(i)),
              prompts.get(promptOfRow[i]),
              settings.maxResponseTokens()));
    }
  }

  /** What rows with the same prompt have in common. */
  private record Asked(List<ChatMessage> history, String text) {}

  private int[] encodeAdmissible(Prompt prompt) {
    int[] tokens = encode(prompt);
    Optional<String> rejection =
        settings.preferences().rejection(prompt).or(() -> rejection(tokens));
    if (rejection.isPresent()) {
      throw new IllegalArgumentException("prompt %s: %s".formatted(prompt.id(), rejection.get()));
    }
    return tokens;
  }

  @Override
  public List<Rollout> step() {
    if (running.isEmpty()) {
      return List.of();
    }
    DecodeBatch.Sampled sampled = decode();
    List<Rollout> finished = new ArrayList<>();
    boolean[] ended = new boolean[running.size()];
    for (int row = 0; row < ended.length; row++) {
      RunningSequence sequence = running.get(row);
      int token = sampled.tokens()[row];
      sequence.append(token, sampled.logProbs()[row], version.number());
      boolean atEnd = specialTokens.isEnd(token);
      if (atEnd || sequence.isFull()) {
        ended[row] = true;
        finished.add(finish(sequence, atEnd));
      }
    }
    if (!finished.isEmpty()) {
      removeEnded(ended);
    }
    return finished;
  }

  private DecodeBatch.Sampled decode() {
    int active = running.size();
    int[] tokens = new int[active];
    int[] positions = new int[active];
    float[] uniforms = new float[active];
    for (int row = 0; row < active; row++) {
      RunningSequence sequence = running.get(row);
      tokens[row] = sequence.newestToken();
      positions[row] = sequence.newestPosition();
      uniforms[row] = sequence.nextUniform();
    }
    DecodeBatch.Sampled sampled = batch.decode(tokens, positions, uniforms);
    for (int row = 0; row < active; row++) {
      if (!Float.isFinite(sampled.logProbs()[row])) {
        throw new IllegalStateException(
            "policy %s gives no finite next-token distribution for %s"
                .formatted(version, running.get(row).id()));
      }
    }
    return sampled;
  }

  private Rollout finish(RunningSequence sequence, boolean atEnd) {
    int[] tokens = sequence.tokens();
    String response =
        codec.decodeResponse(
            sequence.promptTokens(), atEnd ? Arrays.copyOf(tokens, tokens.length - 1) : tokens);
    return sequence.finish(response, atEnd ? FinishReason.END_OF_SEQUENCE : FinishReason.LENGTH);
  }

  /** Keeps the active rows together: those behind the new end move into the gaps before it. */
  private void removeEnded(boolean[] ended) {
    int remaining = 0;
    for (boolean gone : ended) {
      remaining += gone ? 0 : 1;
    }
    int[] sources = new int[remaining];
    int[] targets = new int[remaining];
    int moves = 0;
    int longest = 0;
    int source = remaining;
    for (int target = 0; target < remaining; target++) {
      if (!ended[target]) {
        continue;
      }
      while (ended[source]) {
        source++;
      }
      RunningSequence moved = running.get(source);
      running.set(target, moved);
      longest = Math.max(longest, moved.newestPosition());
      sources[moves] = source++;
      targets[moves++] = target;
    }
    running.subList(remaining, running.size()).clear();
    if (moves > 0) {
      batch.move(Arrays.copyOf(sources, moves), Arrays.copyOf(targets, moves), longest);
    }
  }

  @Override
  public void adopt(PolicySnapshot snapshot) {
    List<NamedTensor> own =
        snapshot.tensors().stream().filter(tensor -> !ValueHeadName.isOne(tensor.name())).toList();
    merge.ifPresentOrElse(adapter -> adapter.adopt(own), () -> weights.adopt(own));
    batch.followWeights();
    version = snapshot.version();
  }

  /** How many tensors the cache consists of and the last step left behind; constant over steps. */
  int managedTensors() {
    return batch.managedTensors();
  }

  @Override
  public void close() {
    batch.close();
    merge.ifPresent(LoraMerge::close);
    weights.close();
    codec.close();
    runtime.close();
  }
}
