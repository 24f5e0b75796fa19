package io.gapo.lab.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.lab.training.PreferenceTraining.JudgedPair;
import io.gapo.runtime.files.DurableFiles;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.TemplatedText;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.torch.CloseOnFailure;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.ScriptValue;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchScript;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A policy's trunk with a score head, which starts at zero. Not thread-safe. */
final class ScoreModelInTraining implements AutoCloseable {

  private static final String HEAD_WEIGHT = "score_head.weight";
  private static final String HEAD_BIAS = "score_head.bias";

  private final PromptTemplate template;
  private final double regularization;
  private final TrainingSettings settings;
  private final TorchRuntime runtime;
  private final NDManager manager;
  private final TorchScript script;
  private final LlamaConfig config;
  private final LlamaProgram program;
  private final LlamaWeights trunk;
  private final TextCodec codec;
  private final NDArray headWeight;
  private final NDArray headBias;

  /** A pair as tokens. */
  record EncodedPair(int[] higher, int[] lower, int higherSign, int lowerSign) {

    int length() {
      return Math.max(higher.length, lower.length);
    }
  }

  private ScoreModelInTraining(
      TorchRuntime runtime,
      Path policyDirectory,
      PromptTemplate template,
      double regularization,
      TrainingSettings settings) {
    this.template = template;
    this.regularization = regularization;
    this.settings = settings;
    this.runtime = runtime;
    this.manager = runtime.newManager();
    this.script = TorchScript.load(manager, ScoreModelInTraining.class, "training.py");
    this.config = LlamaConfig.readWithoutGeneration(policyDirectory);
    this.codec = TextCodec.open(policyDirectory, config.vocabulary(), template);
    this.program = new LlamaProgram(runtime, config);
    try (PretrainedTensors pretrained = PretrainedTensors.open(policyDirectory)) {
      this.trunk = LlamaWeights.load(runtime, config, OutputLayer.NONE, pretrained);
    }
    this.headWeight = manager.zeros(new Shape(1, config.hiddenSize()));
    this.headBias = manager.zeros(new Shape(1));
  }

  static ScoreModelInTraining from(
      Path policyDirectory,
      PromptTemplate template,
      double regularization,
      TrainingSettings settings,
      TorchSettings torch) {
    TorchRuntime runtime = TorchRuntime.start(torch);
    return CloseOnFailure.create(
        () ->
            new ScoreModelInTraining(runtime, policyDirectory, template, regularization, settings),
        runtime::close);
  }

  List<EncodedPair> encode(List<JudgedPair> pairs) {
    List<int[]> higher = encode(pairs.stream().map(p -> template.around(p.prompt(), p.higher())));
    List<int[]> lower = encode(pairs.stream().map(p -> template.around(p.prompt(), p.lower())));
    List<EncodedPair> encoded = new ArrayList<>();
    for (int i = 0; i < pairs.size(); i++) {
      encoded.add(
          new EncodedPair(
              higher.get(i), lower.get(i), pairs.get(i).higherSign(), pairs.get(i).lowerSign()));
    }
    return encoded;
  }

  private List<int[]> encode(Stream<TemplatedText> texts) {
    int end = config.specialTokens().end().get(0);
    List<int[]> sequences = new ArrayList<>();
    for (int[] tokens : codec.encodeTemplated(texts.toList())) {
      int[] ended = Arrays.copyOf(tokens, tokens.length + 1);
      ended[tokens.length] = end;
      if (ended.length > config.maxPositions()) {
        throw new IllegalArgumentException(
            "a prompt and its response have %s tokens, the model reads at most %s: '%s'"
                .formatted(ended.length, config.maxPositions(), codec.decode(tokens)));
      }
      sequences.add(ended);
    }
    return sequences;
  }

  void train(List<EncodedPair> pairs, TrainingProgress progress) {
    List<String> names = new ArrayList<>(trunk.names());
    List<NDArray> tensors = new ArrayList<>(trunk.tensors());
    names.addAll(List.of(HEAD_WEIGHT, HEAD_BIAS));
    tensors.addAll(List.of(headWeight, headBias));
    new TrainingRun<EncodedPair>(
            runtime,
            settings,
            EncodedPair::length,
            (step, batch) -> loss(step, scores(step, batch), batch))
        .train(names, tensors, pairs, progress);
  }

  /** Scores of the pairs' higher responses, then of their lower ones, shape (2P). */
  private NDArray scores(NDManager step, List<EncodedPair> batch) {
    List<int[]> rows = new ArrayList<>();
    batch.forEach(pair -> rows.add(pair.higher()));
    batch.forEach(pair -> rows.add(pair.lower()));
    int length = PaddedTokens.longest(rows);
    long[] last = new long[rows.size()];
    for (int row = 0; row < last.length; row++) {
      last[row] = (long) row * length + rows.get(row).length - 1;
    }
    NDArray hidden = program.hidden(step, trunk, PaddedTokens.ids(step, rows));
    return script
        .run(
            step,
            "scores",
            ScriptValue.of(hidden),
            ScriptValue.of(step.create(last)),
            ScriptValue.of(headWeight),
            ScriptValue.of(headBias))
        .get(0);
  }

  private NDArray loss(NDManager step, NDArray scores, List<EncodedPair> batch) {
    return script
        .run(
            step,
            "pair_loss",
            ScriptValue.of(scores),
            ScriptValue.of(step.create(signs(batch))),
            ScriptValue.of(regularization))
        .get(0);
  }

  private static float[] signs(List<EncodedPair> batch) {
    float[] signs = new float[2 * batch.size()];
    for (int i = 0; i < batch.size(); i++) {
      signs[i] = batch.get(i).higherSign();
      signs[batch.size() + i] = batch.get(i).lowerSign();
    }
    return signs;
  }

  PreferenceReport evaluate(List<EncodedPair> heldOut) {
    double loss = 0;
    int ranked = 0;
    int signed = 0;
    int rightlySigned = 0;
    for (List<EncodedPair> batch :
        LengthBatches.inOrderOfLength(heldOut, EncodedPair::length, settings.batchSize())) {
      float[] signs = signs(batch);
      float[] scores;
      try (NDManager step = manager.newSubManager()) {
        NDArray tensor = GradMode.notRecording(() -> scores(step, batch));
        loss +=
            batch.size()
                * (double) GradMode.notRecording(() -> loss(step, tensor, batch).getFloat());
        scores = tensor.toFloatArray();
      }
      for (int i = 0; i < batch.size(); i++) {
        ranked += scores[i] > scores[batch.size() + i] ? 1 : 0;
      }
      for (int i = 0; i < signs.length; i++) {
        signed += signs[i] != 0 ? 1 : 0;
        rightlySigned += signs[i] * scores[i] > 0 ? 1 : 0;
      }
    }
    int pairs = Math.max(1, heldOut.size());
    return new PreferenceReport(
        loss / pairs,
        (double) ranked / pairs,
        signed == 0 ? 1 : (double) rightlySigned / signed,
        heldOut.size());
  }

  /** Writes the model in the layout of the beaver checkpoints. */
  void write(Path policyDirectory, Path directory, String scoreType) {
    try {
      Files.createDirectories(directory);
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode json =
          (ObjectNode)
              mapper.readTree(Files.readAllBytes(policyDirectory.resolve(LlamaConfig.FILE)));
      json.putArray("architectures").add("LlamaForScore");
      json.put("score_dim", 1).put("score_bias", true).put("score_type", scoreType);
      json.put("do_normalize", false);
      DurableFiles.replace(
          directory.resolve(LlamaConfig.FILE),
          mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
      DurableFiles.replace(
          directory.resolve(TextCodec.FILE),
          Files.readAllBytes(policyDirectory.resolve(TextCodec.FILE)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write a score model to " + directory, e);
    }
    List<NamedTensor> tensors = new ArrayList<>(trunk.toNamedTensors());
    tensors.add(runtime.tensors().toNamedTensor(HEAD_WEIGHT, headWeight, DataType.F32));
    tensors.add(runtime.tensors().toNamedTensor(HEAD_BIAS, headBias, DataType.F32));
    SafetensorsFile.write(
        directory.resolve(PretrainedTensors.FILE),
        tensors.stream().map(tensor -> TensorValues.convert(tensor, settings.stored())).toList(),
        Map.of("format", "pt"));
  }

  @Override
  public void close() {
    codec.close();
    trunk.close();
    program.close();
    script.close();
    manager.close();
    runtime.close();
  }
}
