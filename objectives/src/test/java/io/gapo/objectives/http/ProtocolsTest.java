package io.gapo.objectives.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.gapo.core.rollout.PromptNotes;
import io.gapo.core.rollout.Rollout;
import io.gapo.objectives.Responses;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProtocolsTest {

  private static final Rollout LABELLED =
      Responses.noted(
          "x", "four", new PromptNotes(Optional.of("4"), Optional.of("{\"level\":[1]}")));
  private static final Rollout PLAIN = Responses.of("y", "five");
  private static final List<Rollout> BOTH = List.of(LABELLED, PLAIN);

  @Test
  void ourOwnProtocolCarriesEverythingThatAScorerMayNeed() throws BadAnswerException {
    GapoProtocol protocol = new GapoProtocol("helpful");

    assertThat(protocol.request(BOTH))
        .isEqualTo(
            Json.parsed(
                """
                {"objectives": ["helpful"],
                 "rollouts": [
                   {"id": "x#0", "prompt": "What is x?", "response": "four",
                    "finish_reason": "stop", "label": "4", "metadata": {"level": [1]}},
                   {"id": "y#0", "prompt": "What is y?", "response": "five",
                    "finish_reason": "stop"}]}
                """));
    assertThat(read(protocol, "{\"scores\": {\"helpful\": [1, -2.5], \"other\": []}}"))
        .containsExactly(1.0, -2.5);
  }

  @Test
  void openRlhfsRemoteRewardModel() throws BadAnswerException {
    OpenRlhf protocol = new OpenRlhf();

    assertThat(protocol.request(BOTH))
        .isEqualTo(
            Json.parsed(
                """
                {"query": ["What is x?four", "What is y?five"],
                 "prompts": ["What is x?", "What is y?"],
                 "labels": ["4", null]}
                """));
    assertThat(read(protocol, "{\"rewards\": [0.5, [2]], \"extra_logs\": {}}"))
        .containsExactly(0.5, 2.0);
  }

  @Test
  void aClassifierBehindTextEmbeddingsInference() throws BadAnswerException {
    TeiPredict protocol = new TeiPredict(ClassifierInput.CONVERSATION, "polite", true);

    assertThat(protocol.request(BOTH))
        .isEqualTo(
            Json.parsed(
                """
                {"raw_scores": true, "truncate": false,
                 "inputs": [["What is x?\\nfour"], ["What is y?\\nfive"]]}
                """));
    assertThat(
            read(
                protocol,
                """
                [[{"label": "polite", "score": 0.9}, {"label": "rude", "score": 0.1}],
                 [{"label": "rude", "score": 0.7}, {"label": "polite", "score": 0.3}]]
                """))
        .containsExactly(0.9, 0.3);
    assertThatThrownBy(() -> read(protocol, "[[{\"label\": \"rude\", \"score\": 1}], []]"))
        .hasMessageContaining("no class 'polite'");
  }

  @Test
  void aClassifierBehindVllm() throws BadAnswerException {
    VllmClassify protocol = new VllmClassify(ClassifierInput.RESPONSE, "org/model", 1);

    assertThat(protocol.request(BOTH))
        .isEqualTo(Json.parsed("{\"model\": \"org/model\", \"input\": [\"four\", \"five\"]}"));
    assertThat(
            read(
                protocol,
                """
                {"data": [{"index": 0, "label": "a", "probs": [0.2, 0.8], "num_classes": 2},
                          {"index": 1, "label": "b", "probs": [0.6, 0.4], "num_classes": 2}]}
                """))
        .containsExactly(0.8, 0.4);
    assertThatThrownBy(() -> read(protocol, "{\"data\": [{\"index\": 1}, {\"index\": 0}]}"))
        .hasMessageContaining("an order of its own");
  }

  @Test
  void aJudgeAnswersWithANumber() throws BadAnswerException {
    Judge judge =
        new Judge("judge", "Q: {prompt} A: {response} Right: {label} Grade 1 to 10.", 1, 10, 50);
    Rollout sly = Responses.of("x", "$1 {label} {prompt}");

    assertThat(judge.largestBatch()).isEqualTo(1);
    assertThat(judge.request(List.of(sly)))
        .isEqualTo(
            Json.parsed(
                """
                {"model": "judge", "temperature": 0, "max_tokens": 50, "messages": [
                  {"role": "user",
                   "content": "Q: What is x? A: $1 {label} {prompt} Right:  Grade 1 to 10."}]}
                """));
    assertThat(judged(judge, "It has 3 faults, so: 7.5")).isEqualTo(7.5);
    for (String answer : List.of("I cannot judge.", "Grade: 11", "-3", "")) {
      assertThatThrownBy(() -> judged(judge, answer))
          .hasMessageContaining("does not end with a number from 1.0 to 10.0");
    }
    assertThatThrownBy(() -> read(judge, "{\"choices\": []}")).hasMessageContaining("no text");
  }

  @Test
  void aJudgeNeedsARubricAndARange() {
    assertThatThrownBy(() -> new Judge("m", "grade it", 1, 10, 5)).hasMessageContaining("rubric");
    assertThatThrownBy(() -> new Judge("m", "{response}", 1, 1, 5)).hasMessageContaining("max");
  }

  private static double judged(Judge judge, String content) throws BadAnswerException {
    var answer = Json.object();
    answer.putArray("choices").addObject().putObject("message").put("content", content);
    return judge.scores(answer, List.of(PLAIN)).get(0).doubleValue();
  }

  private static List<Double> read(Protocol protocol, String answer) throws BadAnswerException {
    return protocol.scores(Json.parsed(answer), BOTH).stream().map(JsonNode::doubleValue).toList();
  }
}
