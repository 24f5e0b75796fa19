package io.gapo.runtime.scoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaProgram;
import io.gapo.runtime.llama.LlamaWeights;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.llama.TinyLlama;
import io.gapo.runtime.llama.TinyModel;
import io.gapo.runtime.llama.UnsupportedModelException;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import io.gapo.runtime.safetensors.TensorValues;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.text.UnsupportedTokenizerException;
import io.gapo.runtime.torch.GradMode;
import io.gapo.runtime.torch.TorchRuntime;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TorchObjectiveModelTest {

  private static final int END = 2;
  private static final PromptTemplate TEMPLATE = new PromptTemplate("USER: {prompt} ASSISTANT:");
  private static final NamedTensor WEIGHT = weight(1);
  private static final NamedTensor BIAS =
      TensorValues.tensor("score_head.bias", new long[] {1}, 0.25f);

  private static Path directory;

  @BeforeAll
  static void writeModel(@TempDir Path model) {
    directory = model;
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT, BIAS);
  }

  @Test
  void scoresTheHiddenStateOfTheEndToken() {
    List<Rollout> rollouts =
        List.of(
            rollout(0, "the cat", " and the hat and the bat"),
            rollout(1, "the", ""),
            rollout(2, "the rat and the bat", " the"));
    try (TorchObjectiveModel model = open(directory, false)) {
      double[] scores = model.score(rollouts);

      for (int i = 0; i < scores.length; i++) {
        double expected = expectedScore(rollouts.get(i).prompt(), rollouts.get(i).response());
        assertThat(scores[i]).isCloseTo(expected, within(1e-4));
      }
      assertThat(model.objective()).isEqualTo("helpful");
    }
  }

  /** One text alone, without padding, in Java from the hidden state on. */
  private static double expectedScore(String prompt, String response) {
    try (TorchRuntime runtime = TorchRuntime.start(TorchSettings.cpu(1));
        PretrainedTensors tensors = PretrainedTensors.open(directory);
        TextCodec codec = TextCodec.open(directory, TinyModel.VOCABULARY, TEMPLATE);
        NDManager step = runtime.newManager()) {
      LlamaConfig config = LlamaConfig.read(directory);
      LlamaWeights trunk = LlamaWeights.load(runtime, config, OutputLayer.NONE, tensors);
      LlamaProgram program = new LlamaProgram(runtime, config);
      int[] text = codec.encode(TEMPLATE.around(prompt, "").whole() + response);
      long[] ids = IntStream.concat(IntStream.of(text), IntStream.of(END)).asLongStream().toArray();
      NDArray batch = step.create(ids, new Shape(1, ids.length));
      float[] hidden =
          GradMode.notRecording(() -> program.hidden(step, trunk, batch)).toFloatArray();
      float[] weight = TensorValues.toFloats(WEIGHT);
      double score = 0.25;
      for (int j = 0; j < weight.length; j++) {
        score += weight[j] * hidden[(ids.length - 1) * weight.length + j];
      }
      return score;
    }
  }

  @Test
  void negatesACost() {
    List<Rollout> rollouts = List.of(rollout(0, "the cat", " the hat"));
    try (TorchObjectiveModel reward = open(directory, false);
        TorchObjectiveModel cost = open(directory, true)) {
      assertThat(cost.score(rollouts)[0]).isEqualTo(-reward.score(rollouts)[0]);
    }
  }

  @Test
  void scoresTheSameInBatchesOfAnySize() {
    List<Rollout> rollouts =
        IntStream.range(0, 12).mapToObj(i -> rollout(i, "the cat", " and".repeat(11 - i))).toList();
    ScorerSettings oneByOne = new ScorerSettings(TEMPLATE, false, 1);
    try (TorchObjectiveModel together = open(directory, false);
        TorchObjectiveModel alone =
            TorchObjectiveModel.open("helpful", directory, oneByOne, TorchSettings.cpu(1))) {
      assertThat(together.score(rollouts)).containsExactly(alone.score(rollouts), within(1e-4));
      assertThat(together.score(List.of())).isEmpty();
    }
  }

  @Test
  void readsTheEndOfATextThatIsTooLong() {
    String tail = " the bat".repeat(TinyModel.MAX_POSITIONS);
    try (TorchObjectiveModel model = open(directory, false)) {
      double[] scores =
          model.score(
              List.of(rollout(0, "the cat", "x".repeat(50) + tail), rollout(1, "a hat", tail)));

      assertThat(scores[0]).isCloseTo(scores[1], within(1e-4));
    }
  }

  @Test
  void keepsTheTokenThatBeginsASequenceWhenItCuts() {
    ScorerSettings settings = new ScorerSettings(new PromptTemplate("<s>{prompt}"), false, 16_384);
    int fitting = TinyModel.MAX_POSITIONS - List.of("<s>", "x", "</s>").size();
    try (TorchObjectiveModel model =
        TorchObjectiveModel.open("helpful", directory, settings, TorchSettings.cpu(1))) {
      double[] scores =
          model.score(
              List.of(rollout(0, "x", "x".repeat(fitting)), rollout(1, "x", "x".repeat(500))));

      assertThat(scores[1]).isCloseTo(scores[0], within(1e-4));
    }
  }

  @Test
  void agreesWithPyTorchOnTheCommittedModel(@TempDir Path model) {
    WordTokenizedModel.write(model);
    ScorerSettings settings = new ScorerSettings(new PromptTemplate("{prompt}"), false, 16_384);
    try (TorchObjectiveModel scorer =
        TorchObjectiveModel.open("helpful", model, settings, TorchSettings.cpu(1))) {
      double[] scores = scorer.score(WordTokenizedModel.rollouts());

      float[] expected = TinyLlama.expected("scores");
      assertThat(scores[0]).isCloseTo(expected[0], within(1e-4));
      assertThat(scores[1]).isCloseTo(expected[1], within(1e-4));
    }
  }

  @Test
  void normalizesWhereTheConfigurationSaysSo(@TempDir Path model) throws IOException {
    NamedTensor mean = TensorValues.tensor("normalizer.mean", new long[] {1}, 3);
    NamedTensor variance = TensorValues.tensor("normalizer.var", new long[] {1}, 4);
    TinyModel.write(
        model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT, BIAS, mean, variance);
    List<Rollout> rollouts = List.of(rollout(0, "the cat", " the hat"));
    double raw = scoreOnce(model, rollouts);

    configure(model, json -> json.put("do_normalize", true).put("score_type", "reward"));
    assertThat(scoreOnce(model, rollouts)).isCloseTo((raw - 3) / 2, within(1e-6));

    configure(model, json -> json.put("do_normalize", true).put("score_type", "cost"));
    assertThat(scoreOnce(model, rollouts)).isCloseTo(raw / 2, within(1e-6));

    configure(model, json -> json.put("do_normalize", true).put("score_type", "critic"));
    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("critic");
  }

  private static double scoreOnce(Path directory, List<Rollout> rollouts) {
    try (TorchObjectiveModel model = open(directory, false)) {
      return model.score(rollouts)[0];
    }
  }

  private static void configure(Path directory, Consumer<ObjectNode> change) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path file = directory.resolve(LlamaConfig.FILE);
    ObjectNode json = (ObjectNode) mapper.readTree(Files.readAllBytes(file));
    change.accept(json);
    Files.write(file, mapper.writeValueAsBytes(json));
  }

  @Test
  void needsNoBias(@TempDir Path model) {
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT);
    List<Rollout> rollouts = List.of(rollout(0, "the cat", " the hat"));

    assertThat(scoreOnce(model, rollouts))
        .isCloseTo(scoreOnce(directory, rollouts) - 0.25, within(1e-5));
  }

  @Test
  void namesTheRolloutWhoseScoreIsNotFinite(@TempDir Path model) {
    TinyModel.write(
        model, TinyModel.config(END), OutputLayer.NONE, 21, weight(Float.POSITIVE_INFINITY), BIAS);
    try (TorchObjectiveModel broken = open(model, false)) {
      assertThatThrownBy(() -> broken.score(List.of(rollout(5, "the cat", " the hat"))))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("helpful")
          .hasMessageContaining("p5#0");
    }
  }

  @Test
  void saysWhatAModelLacks(@TempDir Path model) {
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21);
    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("score_head.weight");

    TinyModel.write(model, TinyModel.config(), OutputLayer.NONE, 21, WEIGHT);
    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("eos_token_id");

    NamedTensor twoScores =
        TensorValues.tensor("score_head.weight", new long[] {2, 32}, new float[64]);
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, twoScores);
    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContainingAll("score_head.weight", "[2, 32]", "one score");

    NamedTensor another = TensorValues.tensor("score.weight", new long[] {1, 32}, new float[32]);
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT, another);
    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContainingAll("both", "score.weight");
  }

  @Test
  void namesTheNormalizerThatCannotBe(@TempDir Path model) throws IOException {
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT, BIAS);
    configure(model, json -> json.put("do_normalize", true));
    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("normalizer.var");

    for (float[] variance :
        new float[][] {{0}, {-1}, {Float.NaN}, {Float.POSITIVE_INFINITY}, {}, {1, 2}}) {
      NamedTensor tensor =
          TensorValues.tensor("normalizer.var", new long[] {variance.length}, variance);
      TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT, BIAS, tensor);
      configure(model, json -> json.put("do_normalize", true));
      assertThatThrownBy(() -> open(model, false))
          .isInstanceOf(MalformedCheckpointException.class)
          .hasMessageContaining("normalizer.var");
    }
  }

  @Test
  void namesTheNormalizersMeanThatIsNotFinite(@TempDir Path model) throws IOException {
    NamedTensor mean =
        TensorValues.tensor("normalizer.mean", new long[] {1}, Float.NEGATIVE_INFINITY);
    NamedTensor variance = TensorValues.tensor("normalizer.var", new long[] {1}, 4);
    TinyModel.write(
        model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT, BIAS, mean, variance);
    configure(model, json -> json.put("do_normalize", true));

    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContainingAll("normalizer.mean", "-Infinity, expected a finite number");
  }

  @Test
  void namesTheKeyOfTheHeadThatIsOfAnotherType(@TempDir Path model) throws IOException {
    for (String key : List.of("do_normalize", "score_bias")) {
      TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT);
      configure(model, json -> json.put(key, 1));

      assertThatThrownBy(() -> open(model, false))
          .isInstanceOf(UnsupportedModelException.class)
          .hasMessageContainingAll("config.json", key + " is 1, expected true or false");
    }
  }

  @Test
  void appendsTheFirstEndOfTheConfigurationWhateverEndsAGeneration(@TempDir Path model)
      throws IOException {
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT, BIAS);
    Files.writeString(model.resolve("generation_config.json"), "{\"eos_token_id\": [5, 6]}");
    List<Rollout> rollouts = List.of(rollout(0, "the cat", " the hat"));
    assertThat(scoreOnce(model, rollouts)).isEqualTo(scoreOnce(directory, rollouts));

    configure(model, json -> json.remove("eos_token_id"));
    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("eos_token_id is missing");
  }

  @Test
  void refusesATensorOfTheTrunkThatItWouldLeaveOut(@TempDir Path model) {
    for (String head : List.of("score_head.weight", "score.weight")) {
      NamedTensor weight = TensorValues.tensor(head, new long[] {1, 32}, new float[32]);
      NamedTensor unread =
          TensorValues.tensor(
              "model.layers.0.self_attn.q_norm.weight", new long[] {8}, new float[8]);
      TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, weight, unread);

      assertThatThrownBy(() -> open(model, false))
          .isInstanceOf(MalformedCheckpointException.class)
          .hasMessageContainingAll("q_norm", "model_type in config.json is llama");
    }
  }

  @Test
  void refusesATensorBesideItsHeadThatItWouldLeaveOut(@TempDir Path model) {
    NamedTensor unread = TensorValues.tensor("score_head.0.weight", new long[] {1}, 0);
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT, BIAS, unread);

    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContainingAll("score_head.0.weight would be left out", "remove them");
  }

  @Test
  void namesTheTokenOfATextThatItDoesNotKnow(@TempDir Path model) throws IOException {
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT, BIAS);
    TinyModel.addToken(model, "<more>");
    List<Rollout> known = List.of(rollout(0, "the cat", " the hat"));

    try (TorchObjectiveModel scorer = open(model, false)) {
      assertThatThrownBy(() -> scorer.score(List.of(rollout(0, "the cat", " the <more> hat"))))
          .isInstanceOf(UnsupportedTokenizerException.class)
          .hasMessageContainingAll(
              model.resolve("tokenizer.json").toString(),
              "token '<more>' is 280",
              "vocab_size in %s is 280".formatted(model.resolve("config.json")));
      assertThat(scorer.score(known)).containsExactly(scoreOnce(directory, known));
    }
  }

  @Test
  void isNotOpenedWithATemplateWhoseTokenItDoesNotKnow(@TempDir Path model) throws IOException {
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT, BIAS);
    TinyModel.addToken(model, "ASSISTANT:");

    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(UnsupportedTokenizerException.class)
        .hasMessageContaining("token 'ASSISTANT:' is 280");
  }

  @Test
  void missesTheBiasThatTheConfigurationPromises(@TempDir Path model) throws IOException {
    TinyModel.write(model, TinyModel.config(END), OutputLayer.NONE, 21, WEIGHT);
    configure(model, json -> json.put("score_bias", true));

    assertThatThrownBy(() -> open(model, false))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("score_head.bias");
  }

  private static TorchObjectiveModel open(Path directory, boolean negate) {
    return TorchObjectiveModel.open(
        "helpful", directory, new ScorerSettings(TEMPLATE, negate, 16_384), TorchSettings.cpu(1));
  }

  private static NamedTensor weight(float first) {
    float[] values = new float[32];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    values[0] = first;
    return TensorValues.tensor("score_head.weight", new long[] {1, 32}, values);
  }

  static Rollout rollout(int prompt, String text, String response) {
    return new Rollout(
        "p" + prompt,
        0,
        text,
        response,
        new int[] {1},
        new int[] {5, 6, END},
        new float[] {-1, -1, -1},
        new long[3],
        FinishReason.END_OF_SEQUENCE,
        1);
  }
}
