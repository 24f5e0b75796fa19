package io.gapo.lab.training;

import io.gapo.lab.training.DemonstrationForm.Sequence;
import io.gapo.runtime.checkpoint.PolicyExport;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.UnsupportedModelException;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * Teaches a policy to answer as demonstrated: next-token loss on response tokens, the one that ends
 * the response included.
 *
 * @param template what the policy reads around a prompt; empty for its own chat template
 * @param settings of the training
 * @param torch where to compute, in single precision
 */
public record SupervisedTraining(
    Optional<PromptTemplate> template, TrainingSettings settings, TorchSettings torch) {

  /**
   * Trains a policy from random weights.
   *
   * @param config its sizes; the first end token ends every response
   * @param directory has {@code tokenizer.json}; gets {@code config.json} and {@code
   *     model.safetensors}
   * @throws IllegalArgumentException if there are no demonstrations
   */
  public SupervisedReport train(
      LlamaConfig config,
      Path directory,
      ExampleSource<AnsweredPrompt> demonstrations,
      TrainingProgress progress)
      throws IOException {
    return train(
        runtime -> LlamaWeights.random(runtime, config, OutputLayer.VOCABULARY, settings.seed()),
        config,
        directory,
        directory,
        demonstrations,
        Optional.empty(),
        progress);
  }

  /**
   * Trains a policy from where another one is.
   *
   * @param start directory of that policy
   * @param directory gets the files of a policy; not the start's own
   * @param checkpoints where the training continues from and saves itself, if anywhere
   * @throws IllegalArgumentException if both directories are one, or there are no demonstrations
   */
  public SupervisedReport tune(
      Path start,
      Path directory,
      ExampleSource<AnsweredPrompt> demonstrations,
      Optional<TrainingCheckpoints> checkpoints,
      TrainingProgress progress)
      throws IOException {
    if (Files.exists(directory) && Files.isSameFile(start, directory)) {
      throw new IllegalArgumentException(
          "%s holds the policy to start from, which would be overwritten: choose another directory"
              .formatted(directory));
    }
    return train(
        runtime -> LlamaWeights.load(runtime, start),
        LlamaConfig.read(start),
        start,
        directory,
        demonstrations,
        checkpoints,
        progress);
  }

  private SupervisedReport train(
      Function<TorchRuntime, LlamaWeights> weights,
      LlamaConfig config,
      Path start,
      Path directory,
      ExampleSource<AnsweredPrompt> demonstrations,
      Optional<TrainingCheckpoints> checkpoints,
      TrainingProgress progress)
      throws IOException {
    if (config.specialTokens().end().isEmpty()) {
      throw new UnsupportedModelException(
          start.resolve(LlamaConfig.FILE),
          "eos_token_id is missing, and a response ends with that token");
    }
    try (TextCodec codec =
            TextCodec.open(start, config.vocabulary(), template, PreferenceText.NONE);
        ExampleSet.Split<AnsweredPrompt, Sequence> examples =
            ExampleSet.read(
                demonstrations,
                new DemonstrationForm(config, codec),
                settings.maxTokens(config.maxPositions()),
                progress);
        TorchRuntime runtime = TorchRuntime.start(torch);
        PolicyInTraining model =
            new PolicyInTraining(
                runtime,
                new Backbone(runtime, weights.apply(runtime), settings.lora(), settings.seed()),
                settings.microBatchTokens())) {
      SupervisedReport report =
          new Trainer<>(runtime, settings, model, examples, progress).train(checkpoints);
      if (start.equals(directory)) {
        config.write(directory);
      }
      PolicyExport.writePending(
          directory, start, model.backbone().merged(settings.stored()), settings.stored());
      return report;
    }
  }
}
