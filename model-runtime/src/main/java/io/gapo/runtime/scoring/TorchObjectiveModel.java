package io.gapo.runtime.scoring;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.rollout.Rollout;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.llama.UnsupportedModelException;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.text.UnsupportedTokenizerException;
import io.gapo.runtime.torch.CloseOnFailure;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchScript;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A learned reward or cost model on a trunk of the Llama family, as Safe RLHF lays it out ({@code
 * model.*}, {@code score_head.*}) or transformers' sequence classification with one label ({@code
 * model.*}, {@code score.weight}); the score stands where the layout says ({@link ScoreHead}).
 *
 * <p>It reads text, with its own tokenizer: templated prompt, response, end-of-sequence token,
 * whether the response was cut short or not. Of a text that is too long it reads the end, after the
 * token that begins a sequence if there is one: the score is about the answer. Not thread-safe.
 */
public final class TorchObjectiveModel implements ObjectiveModel {

  private final String objective;
  private final TorchRuntime runtime;
  private final LlamaConfig config;
  private final LlamaWeights trunk;
  private final LlamaProgram program;
  private final TextCodec codec;
  private final ScoredTexts texts;
  private final ScorerSettings settings;
  private final NDManager manager;
  private final TorchScript script;
  private final ScoreHead head;

  private TorchObjectiveModel(
      String objective, Path directory, ScorerSettings settings, TorchRuntime runtime) {
    this.objective = objective;
    this.settings = settings;
    this.runtime = runtime;
    this.config = config(directory);
    this.manager = runtime.newManager();
    try (PretrainedTensors tensors = PretrainedTensors.open(directory)) {
      this.trunk = LlamaWeights.load(runtime, config, OutputLayer.NONE, tensors);
      this.head = ScoreHead.read(directory, tensors, config).load(runtime, manager);
    }
    this.program = new LlamaProgram(runtime, config);
    this.script = TorchScript.load(manager, TorchObjectiveModel.class, "score.py");
    this.codec =
        TextCodec.open(directory, config.vocabulary(), settings.template(), PreferenceText.NONE);
    this.texts = new ScoredTexts(config, codec);
  }

  /**
   * Loads a score model.
   *
   * @param objective the objective's name
   * @param directory {@code config.json}, {@code model.safetensors}, {@code tokenizer.json}
   */
  public static TorchObjectiveModel open(
      String objective, Path directory, ScorerSettings settings, TorchSettings torch) {
    TorchRuntime runtime = TorchRuntime.start(torch);
    return CloseOnFailure.create(
        () -> new TorchObjectiveModel(objective, directory, settings, runtime), runtime::close);
  }

  /**
   * Looks whether a directory holds a score model that can be loaded, by its configuration, the
   * names and shapes of its tensors, and its head.
   *
   * @throws UnsupportedModelException if it is of another architecture or normalizes its scores in
   *     an unknown way
   * @throws io.gapo.runtime.safetensors.MalformedCheckpointException if a tensor is missing or
   *     another than the configuration says
   * @throws java.io.UncheckedIOException if a file cannot be read
   */
  public static void require(Path directory) {
    LlamaConfig config = config(directory);
    try (PretrainedTensors tensors = PretrainedTensors.open(directory)) {
      // The head first: a language model has all the others.
      ScoreHead.read(directory, tensors, config);
      tensors.require(config, OutputLayer.NONE);
    }
  }

  private static LlamaConfig config(Path directory) {
    LlamaConfig config = LlamaConfig.readWithoutGeneration(directory);
    if (config.specialTokens().end().isEmpty()) {
      throw new UnsupportedModelException(
          directory.resolve(LlamaConfig.FILE),
          "eos_token_id is missing, and a score stands at that token");
    }
    return config;
  }

  @Override
  public String objective() {
    return objective;
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException if a score is not finite
   * @throws UnsupportedTokenizerException if a text has a token that the model does not know
   */
  @Override
  public double[] score(List<Rollout> rollouts) {
    List<int[]> tokens =
        texts
            .encode(
                rollouts.stream()
                    .map(
                        rollout ->
                            codec
                                .format()
                                .answered(rollout.history(), rollout.prompt(), rollout.response()))
                    .toList())
            .stream()
            .map(texts::cut)
            .toList();
    double[] scores = new double[rollouts.size()];
    for (List<Integer> batch : batches(tokens)) {
      score(tokens, batch, scores);
    }
    for (int i = 0; i < scores.length; i++) {
      if (!Double.isFinite(scores[i])) {
        throw new IllegalStateException(
            "objective '%s': the score of rollout %s is %s"
                .formatted(objective, rollouts.get(i).id(), scores[i]));
      }
    }
    return scores;
  }

  /** Texts of similar length together, so that little is padding. */
  private List<List<Integer>> batches(List<int[]> texts) {
    List<Integer> byLength =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> texts.get(i).length))
            .toList();
    List<List<Integer>> batches = new ArrayList<>();
    List<Integer> batch = new ArrayList<>();
    for (int i : byLength) {
      long tokens = (long) texts.get(i).length * (batch.size() + 1);
      if (!batch.isEmpty() && tokens > settings.batchTokens()) {
        batches.add(batch);
        batch = new ArrayList<>();
      }
      batch.add(i);
    }
    if (!batch.isEmpty()) {
      batches.add(batch);
    }
    return batches;
  }

  private void score(List<int[]> texts, List<Integer> batch, double[] scores) {
    int rows = batch.size();
    int longest = texts.get(batch.get(rows - 1)).length;
    long[] ids = new long[Math.multiplyExact(rows, longest)];
    long[] last = new long[rows];
    for (int row = 0; row < rows; row++) {
      int[] text = texts.get(batch.get(row));
      for (int t = 0; t < text.length; t++) {
        ids[row * longest + t] = text[t];
      }
      last[row] = head.position(text);
    }
    try (NDManager step = runtime.newManager()) {
      NDArray input = step.create(ids, new Shape(rows, longest));
      NDArray positions = step.create(last);
      float[] outputs = GradMode.notRecording(() -> outputs(step, input, positions)).toFloatArray();
      for (int row = 0; row < rows; row++) {
        double score = head.normalized(outputs[row]);
        scores[batch.get(row)] = settings.negate() ? -score : score;
      }
    }
  }

  private NDArray outputs(NDManager step, NDArray ids, NDArray last) {
    return script
        .infer(
            step,
            "score",
            ScriptValue.of(program.hidden(step, trunk, ids)),
            ScriptValue.of(last),
            ScriptValue.of(head.weight()),
            ScriptValue.of(head.bias()))
        .get(0);
  }

  @Override
  public void close() {
    trunk.close();
    program.close();
    codec.close();
    runtime.close();
  }
}
