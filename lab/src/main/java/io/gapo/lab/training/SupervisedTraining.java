package io.gapo.lab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchScript;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Teaches a policy to answer as demonstrated: next-token loss on response tokens, the one that ends
 * the response included.
 *
 * @param settings of the training
 * @param torch where to compute
 */
public record SupervisedTraining(
    PromptTemplate template, TrainingSettings settings, TorchSettings torch) {

  /** A demonstration as tokens; the first {@code promptLength} are not learned. */
  private record Sequence(int[] tokens, int promptLength) {

    private int length() {
      return tokens.length;
    }

    private int responseLength() {
      return tokens.length - promptLength;
    }
  }

  /**
   * Trains a policy from random weights.
   *
   * @param config its sizes; the first end token ends every response
   * @param directory has {@code tokenizer.json}; gets {@code config.json} and {@code
   *     model.safetensors}
   * @throws IllegalArgumentException if a demonstration is longer than the policy can read
   */
  public SupervisedReport train(
      LlamaConfig config,
      Path directory,
      List<Demonstration> demonstrations,
      List<Demonstration> heldOut,
      TrainingProgress progress) {
    try (TorchRuntime runtime = TorchRuntime.start(torch);
        LlamaWeights weights =
            LlamaWeights.random(runtime, config, OutputLayer.VOCABULARY, settings.seed())) {
      return train(runtime, weights, directory, demonstrations, heldOut, progress);
    }
  }

  /**
   * Trains a policy from where another one is.
   *
   * @param start directory of that policy
   * @param directory gets {@code tokenizer.json}, {@code config.json} and {@code
   *     model.safetensors}; not the start's own
   * @throws IllegalArgumentException if both directories are one, or a demonstration is longer than
   *     the policy can read
   */
  public SupervisedReport tune(
      Path start,
      Path directory,
      List<Demonstration> demonstrations,
      List<Demonstration> heldOut,
      TrainingProgress progress)
      throws IOException {
    if (Files.isSameFile(start, directory)) {
      throw new IllegalArgumentException(
          "%s holds the policy to start from, which would be overwritten: choose another directory"
              .formatted(directory));
    }
    try (TorchRuntime runtime = TorchRuntime.start(torch);
        LlamaWeights weights = LlamaWeights.load(runtime, start)) {
      Files.copy(
          start.resolve(TextCodec.FILE),
          directory.resolve(TextCodec.FILE),
          StandardCopyOption.REPLACE_EXISTING);
      return train(runtime, weights, directory, demonstrations, heldOut, progress);
    }
  }

  private SupervisedReport train(
      TorchRuntime runtime,
      LlamaWeights weights,
      Path directory,
      List<Demonstration> demonstrations,
      List<Demonstration> heldOut,
      TrainingProgress progress) {
    LlamaConfig config = weights.config();
    try (NDManager manager = runtime.newManager();
        TorchScript script = TorchScript.load(manager, SupervisedTraining.class, "training.py");
        LlamaProgram program = new LlamaProgram(runtime, config);
        TextCodec codec = TextCodec.open(directory, config.vocabulary(), template)) {
      List<Sequence> training = sequences(config, codec, demonstrations);
      List<Sequence> others = sequences(config, codec, heldOut);
      new TrainingRun<Sequence>(
              runtime,
              settings,
              Sequence::length,
              (step, batch) -> loss(step, script, program, weights, batch))
          .train(weights.names(), weights.tensors(), training, progress);
      config.write(directory);
      SafetensorsFile.write(
          directory.resolve(PretrainedTensors.FILE),
          weights.toNamedTensors().stream()
              .map(tensor -> TensorValues.convert(tensor, settings.stored()))
              .toList(),
          Map.of("format", "pt"));
      return evaluate(manager, script, program, weights, others);
    }
  }

  private List<Sequence> sequences(
      LlamaConfig config, TextCodec codec, List<Demonstration> demonstrations) {
    List<int[]> prompts =
        codec.encodeTemplated(
            demonstrations.stream().map(each -> template.around(each.prompt(), "")).toList());
    List<int[]> responses =
        codec.encodeAll(demonstrations.stream().map(Demonstration::response).toList());
    int end = config.specialTokens().end().get(0);
    List<Sequence> sequences = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      int[] prompt = prompts.get(i);
      int[] response = responses.get(i);
      int[] tokens = Arrays.copyOf(prompt, prompt.length + response.length + 1);
      System.arraycopy(response, 0, tokens, prompt.length, response.length);
      tokens[tokens.length - 1] = end;
      if (tokens.length > config.maxPositions()) {
        throw new IllegalArgumentException(
            "a demonstration has %s tokens, the policy reads at most %s: '%s'"
                .formatted(tokens.length, config.maxPositions(), demonstrations.get(i).prompt()));
      }
      sequences.add(new Sequence(tokens, prompt.length));
    }
    return sequences;
  }

  private static NDArray loss(
      NDManager step,
      TorchScript script,
      LlamaProgram program,
      LlamaWeights weights,
      List<Sequence> batch) {
    List<int[]> rows = batch.stream().map(Sequence::tokens).toList();
    int length = PaddedTokens.longest(rows);
    int responses = batch.stream().mapToInt(Sequence::responseLength).sum();
    long[] positions = new long[responses];
    long[] targets = new long[responses];
    int at = 0;
    for (int row = 0; row < batch.size(); row++) {
      Sequence sequence = batch.get(row);
      for (int i = sequence.promptLength(); i < sequence.length(); i++) {
        positions[at] = (long) row * length + i - 1;
        targets[at++] = sequence.tokens()[i];
      }
    }
    NDArray hidden = program.hidden(step, weights, PaddedTokens.ids(step, rows));
    return script
        .run(
            step,
            "next_token_loss",
            ScriptValue.of(hidden),
            ScriptValue.of(weights.head()),
            ScriptValue.of(step.create(positions)),
            ScriptValue.of(step.create(targets)))
        .get(0);
  }

  private SupervisedReport evaluate(
      NDManager manager,
      TorchScript script,
      LlamaProgram program,
      LlamaWeights weights,
      List<Sequence> heldOut) {
    double sum = 0;
    long tokens = 0;
    for (List<Sequence> batch :
        LengthBatches.inOrderOfLength(heldOut, Sequence::length, settings.batchSize())) {
      int responses = batch.stream().mapToInt(Sequence::responseLength).sum();
      try (NDManager step = manager.newSubManager()) {
        float mean =
            GradMode.notRecording(() -> loss(step, script, program, weights, batch).getFloat());
        sum += (double) mean * responses;
        tokens += responses;
      }
    }
    return new SupervisedReport(tokens == 0 ? 0 : sum / tokens, tokens);
  }
}
