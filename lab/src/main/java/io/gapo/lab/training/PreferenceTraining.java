package io.gapo.lab.training;

import io.gapo.core.settings.Bounds;
import io.gapo.lab.training.PairForm.TokenPair;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.llama.UnsupportedModelException;
import io.gapo.runtime.scoring.ScoreLayout;
import io.gapo.runtime.scoring.ScoreModelExport;
import io.gapo.runtime.scoring.ScoredTexts;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Teaches score models to judge responses as people did, with the losses of Safe RLHF (Dai et al.,
 * ICLR 2024, eqs. 3 and 4; Bradley and Terry 1952): the response that should score higher does, and
 * a score whose sign is known has that sign.
 *
 * <p>A score model is a language model's trunk with a linear score head on the hidden state of the
 * token that its layout says.
 *
 * @param template what the model reads around a prompt; empty for its own chat template
 * @param layout that the model is written in
 * @param regularization weight of the mean squared score
 * @param torch where to compute, in single precision
 */
public record PreferenceTraining(
    Optional<PromptTemplate> template,
    ScoreLayout layout,
    double regularization,
    TrainingSettings settings,
    TorchSettings torch) {

  public PreferenceTraining {
    Bounds.notNegative("regularization", regularization);
  }

  /**
   * Trains a score model.
   *
   * @param start directory of the model whose trunk and tokenizer it starts from
   * @param directory that it is written to, made if need be
   * @param checkpoints where the training continues from and saves itself, if anywhere
   * @throws IllegalArgumentException if there are no pairs
   */
  public PreferenceReport train(
      Path start,
      Path directory,
      ScoreType type,
      ExampleSource<JudgedPair> pairs,
      Optional<TrainingCheckpoints> checkpoints,
      TrainingProgress progress)
      throws IOException {
    LlamaConfig config = LlamaConfig.readWithoutGeneration(start);
    if (config.specialTokens().end().isEmpty()) {
      throw new UnsupportedModelException(
          start.resolve(LlamaConfig.FILE),
          "eos_token_id is missing, and a score stands at that token");
    }
    try (TextCodec codec =
            TextCodec.open(start, config.vocabulary(), template, PreferenceText.NONE);
        ExampleSet.Split<JudgedPair, TokenPair> examples =
            ExampleSet.read(
                pairs,
                new PairForm(codec.format(), new ScoredTexts(config, codec)),
                settings.maxTokens(config.maxPositions()),
                progress);
        TorchRuntime runtime = TorchRuntime.start(torch);
        ScoreModelInTraining model =
            new ScoreModelInTraining(
                runtime,
                new Backbone(
                    runtime, trunk(runtime, config, start), settings.lora(), settings.seed()),
                layout,
                LlamaConfig.read(start).specialTokens().padding(),
                regularization,
                settings.microBatchTokens())) {
      PreferenceReport report =
          new Trainer<>(runtime, settings, model, examples, progress).train(checkpoints);
      ScoreModelExport.write(
          directory,
          start,
          layout,
          type.spelling(),
          model.merged(settings.stored()),
          settings.stored());
      return report;
    }
  }

  private static LlamaWeights trunk(TorchRuntime runtime, LlamaConfig config, Path start) {
    try (PretrainedTensors pretrained = PretrainedTensors.open(start)) {
      return LlamaWeights.load(runtime, config, OutputLayer.NONE, pretrained);
    }
  }
}
