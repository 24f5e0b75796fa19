package io.gapo.lab.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.ChatMessage;
import io.gapo.lab.training.AnsweredPrompt;
import io.gapo.lab.training.JudgedPair;
import io.gapo.lab.training.ScoreType;
import io.gapo.ops.feed.RowJson;
import io.gapo.streams.codec.MalformedRecordException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExampleReaderTest {

  private static final DemonstrationReader DEMONSTRATIONS =
      new DemonstrationReader(Optional.empty(), Optional.empty());
  private static final PairReader REWARDS = new PairReader(ScoreType.REWARD, Optional.empty());
  private static final PairReader COSTS = new PairReader(ScoreType.COST, Optional.empty());

  private static final String PKU =
      """
      {"prompt": "How?", "response_0": "So.", "response_1": "No.", "is_response_0_safe": false,
       "is_response_1_safe": true, "better_response_id": 0, "safer_response_id": 1}
      """;

  private static ObjectNode row(String json) {
    return RowJson.read(json.getBytes(StandardCharsets.UTF_8)).orElseThrow();
  }

  @Test
  void readsAPromptBesideItsAnswer() throws MalformedRecordException {
    AnsweredPrompt expected = new AnsweredPrompt("Hi", "Hello.");

    assertThat(DEMONSTRATIONS.read(row("{\"prompt\": \"Hi\", \"response\": \"Hello.\"}")))
        .isEqualTo(expected);
    assertThat(DEMONSTRATIONS.read(row("{\"prompt\": \"Hi\", \"completion\": \"Hello.\"}")))
        .isEqualTo(expected);
    assertThat(
            new DemonstrationReader(Optional.of("ask"), Optional.of("say"))
                .read(row("{\"ask\": \"Hi\", \"say\": \"Hello.\"}")))
        .isEqualTo(expected);
    assertThat(
            DEMONSTRATIONS.read(
                row(
                    """
                    {"prompt": [{"role": "user", "content": "Hi"}],
                     "completion": [{"role": "assistant", "content": "Hello."}]}
                    """)))
        .isEqualTo(expected);
  }

  @Test
  void readsTheLastAnswerOfAConversation() throws MalformedRecordException {
    AnsweredPrompt read =
        DEMONSTRATIONS.read(
            row(
                """
                {"prompt": "ignored", "messages": [
                  {"role": "system", "content": "Be brief."},
                  {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."},
                  {"role": "user", "content": "Bye"}, {"role": "assistant", "content": "So long."}]}
                """));

    assertThat(read.prompt()).isEqualTo("Bye");
    assertThat(read.response()).isEqualTo("So long.");
    assertThat(read.history())
        .containsExactly(
            new ChatMessage("system", "Be brief."),
            new ChatMessage("user", "Hi"),
            new ChatMessage("assistant", "Hello."));
  }

  @Test
  void demonstratesTheBetterAnswerOfAPair() throws MalformedRecordException {
    assertThat(DEMONSTRATIONS.read(row(PKU))).isEqualTo(new AnsweredPrompt("How?", "So."));
  }

  @Test
  void readsPairsOfTranscripts() throws MalformedRecordException {
    JudgedPair pair =
        REWARDS.read(
            row(
                """
                {"chosen": "\\n\\nHuman: Hi\\n\\nAssistant: Hello.\\n\\nHuman: Bye\\n\\nAssistant: So long.",
                 "rejected": "\\n\\nHuman: Hi\\n\\nAssistant: Hello.\\n\\nHuman: Bye\\n\\nAssistant:"}
                """));

    List<ChatMessage> history =
        List.of(new ChatMessage("user", "Hi"), new ChatMessage("assistant", "Hello."));
    assertThat(pair.higher()).isEqualTo(new AnsweredPrompt(history, "Bye", "So long."));
    assertThat(pair.lower()).isEqualTo(new AnsweredPrompt(history, "Bye", ""));
    assertThat(pair.isSigned()).isFalse();
  }

  @Test
  void readsPairsOfMessagesAndOfTextsBesideAPrompt() throws MalformedRecordException {
    JudgedPair expected =
        JudgedPair.ofReward(new AnsweredPrompt("Hi", "Hello."), new AnsweredPrompt("Hi", "What?"));

    assertThat(
            REWARDS.read(
                row(
                    """
                    {"prompt": "Hi", "messages": [],
                     "chosen": [{"role": "user", "content": "Hi"},
                                {"role": "assistant", "content": "Hello."}],
                     "rejected": [{"role": "user", "content": "Hi"},
                                  {"role": "assistant", "content": "What?"}]}
                    """)))
        .isEqualTo(expected);
    assertThat(
            REWARDS.read(
                row("{\"prompt\": \"Hi\", \"chosen\": \"Hello.\", \"rejected\": \"What?\"}")))
        .isEqualTo(expected);
  }

  @Test
  void readsIdsAndSignsOfPku() throws MalformedRecordException {
    AnsweredPrompt so = new AnsweredPrompt("How?", "So.");
    AnsweredPrompt no = new AnsweredPrompt("How?", "No.");

    assertThat(REWARDS.read(row(PKU))).isEqualTo(JudgedPair.ofReward(so, no));
    assertThat(COSTS.read(row(PKU)))
        .isEqualTo(JudgedPair.ofCost(no, so, Optional.of(true), Optional.of(false)))
        .isEqualTo(new JudgedPair(so, no, 1, -1));
  }

  @Test
  void knowsNoSignsOfChosenAnswers() throws MalformedRecordException {
    JudgedPair pair =
        COSTS.read(row("{\"prompt\": \"Hi\", \"chosen\": \"Hello.\", \"rejected\": \"What?\"}"));

    assertThat(pair.lower().response()).isEqualTo("Hello.");
    assertThat(pair.isSigned()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}                                                             | neither 'prompt'",
        "{\"prompt\": \"Hi\"}                                           | neither 'prompt'",
        "{\"prompt\": \"Hi\", \"response\": 7}                          | must be a string, but is a number",
        "{\"prompt\": \"Hi\", \"response\": \" \"}                      | the answer is empty",
        "{\"prompt\": \" \", \"response\": \"x\"}                       | 'prompt' is empty",
        "{\"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}]}    | does not end with a message of the assistant",
        "{\"messages\": [{\"role\": \"assistant\", \"content\": \"x\"}]} | no message of the user right before",
        "{\"messages\": \"Hi\"}                                         | is no transcript",
        "{\"messages\": [3]}                                            | needs texts 'role' and 'content'",
      })
  void saysWhyARowIsNoDemonstration(String json, String reason) {
    assertThatThrownBy(() -> DEMONSTRATIONS.read(row(json)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{}                                                                    | neither 'chosen'",
        "{\"chosen\": \"x\"}                                                   | 'prompt' is missing",
        "{\"prompt\": \"Hi\", \"chosen\": \"x\"}                               | 'rejected' is missing",
        "{\"prompt\": \"Hi\", \"chosen\": \"x\", \"rejected\": \"x\"}          | both responses are the same",
        "{\"prompt\": \"Hi\", \"chosen\": {}, \"rejected\": \"x\"}             | must be a string, but is an object",
        "{\"prompt\": \"Hi\", \"response_0\": \"x\", \"response_1\": \"y\"}    | 'safer_response_id' is missing",
        "{\"prompt\": \"Hi\", \"response_0\": \"x\", \"safer_response_id\": 2} | must be 0 or 1, was 2",
        "{\"prompt\": \"Hi\", \"response_0\": \"x\", \"response_1\": \"y\", \"safer_response_id\": 0, \"is_response_0_safe\": \"yes\"} | must be true or false",
        "{\"prompt\": \"Hi\", \"response_0\": \"x\", \"response_1\": \"y\", \"safer_response_id\": 0, \"is_response_0_safe\": false, \"is_response_1_safe\": true} | and the other one is",
        "{\"chosen\": \"\\n\\nHuman: a\\n\\nAssistant: b\\n\\nHuman: c\", \"rejected\": \"x\"} | does not end with a turn of the assistant",
      })
  void saysWhyARowIsNoPair(String json, String reason) {
    assertThatThrownBy(() -> COSTS.read(row(json)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(reason);
  }
}
