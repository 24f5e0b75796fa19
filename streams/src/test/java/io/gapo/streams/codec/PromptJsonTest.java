package io.gapo.streams.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.gapo.core.rollout.ChatMessage;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.PromptNotes;
import io.gapo.core.rollout.PromptPreference;
import io.gapo.streams.Examples;
import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromptJsonTest {

  private final PromptJson json = new PromptJson(new PromptLimits(100, 1000));

  @Test
  void readsIdAndPrompt() throws MalformedRecordException {
    assertThat(decode("{\"id\": \"x1\", \"prompt\": \"Hello\"}"))
        .isEqualTo(new Prompt("x1", "Hello"));
  }

  @Test
  void coordinatesStandInForAMissingOrNullId() throws MalformedRecordException {
    assertThat(decode("{\"prompt\": \"Hello\"}").id())
        .isEqualTo("gapo.prompts@" + Examples.TOPIC_ID + "-0-17");
    assertThat(decode("{\"id\": null, \"prompt\": \"Hello\"}").id())
        .isEqualTo("gapo.prompts@" + Examples.TOPIC_ID + "-0-17");
  }

  @Test
  void ignoresOtherFieldsWhateverTheyHold() throws MalformedRecordException {
    assertThat(decode("{\"a\": [1, {\"prompt\": 2}], \"prompt\": \"Hello\", \"b\": null}").text())
        .isEqualTo("Hello");
  }

  @Test
  void readsAPreferenceAndScalesIt() throws MalformedRecordException {
    assertThat(
            decode("{\"prompt\": \"a\", \"preference\": {\"helpful\": 3, \"harmless\": 1}}")
                .preference())
        .contains(PromptPreference.of(Map.of("helpful", 0.75, "harmless", 0.25)));
    assertThat(decode("{\"prompt\": \"a\", \"preference\": null}").preference()).isEmpty();
    assertThat(decode("{\"prompt\": \"a\"}").preference()).isEmpty();
  }

  @Test
  void writesAPreferenceThatItReads() throws MalformedRecordException {
    Prompt prompt =
        new Prompt("id", "text").preferring(PromptPreference.of(Map.of("helpful", 1.0, "b", 2.0)));

    assertThat(json.decode(Examples.record("t", 0, PromptJson.encode(prompt)))).isEqualTo(prompt);
  }

  @Test
  void readsALabelAndMetadataForTheScorers() throws MalformedRecordException {
    assertThat(
            decode(
                    "{\"prompt\": \"2+2?\", \"label\": \"4\", \"metadata\": {\"hard\": [1.50, null]}}")
                .notes())
        .isEqualTo(new PromptNotes(Optional.of("4"), Optional.of("{\"hard\":[1.50,null]}")));
    assertThat(decode("{\"prompt\": \"a\", \"label\": 4.0}").notes().label()).contains("4.0");
    assertThat(decode("{\"prompt\": \"a\", \"label\": true}").notes().label()).contains("true");
    assertThat(decode("{\"prompt\": \"a\", \"label\": null, \"metadata\": null}").notes())
        .isEqualTo(PromptNotes.NONE);
  }

  @Test
  void writesNotesThatItReads() throws MalformedRecordException {
    Prompt prompt =
        new Prompt(
            "id",
            "text",
            Optional.empty(),
            new PromptNotes(Optional.of("a \"label\""), Optional.of("{\"a\":{\"b\":\"c\"}}")),
            List.of(new ChatMessage("system", "Be brief."), new ChatMessage("user", "Hi")));

    assertThat(json.decode(Examples.record("t", 0, PromptJson.encode(prompt)))).isEqualTo(prompt);
  }

  @Test
  void readsAConversationThatEndsWithTheUser() throws MalformedRecordException {
    Prompt prompt =
        decode(
            """
            {"messages": [{"role": "system", "content": "Be brief."},
                          {"role": "user", "content": "Hi", "name": "Ann"},
                          {"role": "assistant", "content": ""},
                          {"role": "user", "content": "And now?"}]}
            """);

    assertThat(prompt.text()).isEqualTo("And now?");
    assertThat(prompt.history())
        .containsExactly(
            new ChatMessage("system", "Be brief."),
            new ChatMessage("user", "Hi"),
            new ChatMessage("assistant", ""));
    assertThat(prompt.textDigest()).isNotEqualTo(Prompt.textDigest("And now?"));
    assertThat(decode("{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}"))
        .isEqualTo(decode("{\"prompt\": \"a\"}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[] | 'messages' is empty",
        "{} | 'messages' must be an array of objects with 'role' and 'content', but is an object",
        "[1] | 'messages[0]' must be an object with 'role' and 'content', but is a number",
        "[{\"role\": \"user\"}] | 'messages[0]' needs 'role' and 'content'",
        "[{\"role\": \"bot\", \"content\": \"a\"}] | 'messages[0]': a message's role must be system, user or assistant, was 'bot'",
        "[{\"role\": \"user\", \"content\": [1]}] | 'messages[0].content' must be a string, but is an array",
        "[{\"role\": \"assistant\", \"content\": \"a\"}] | 'messages' must end with the user's, but ends with one of role 'assistant'",
        "[{\"role\": \"user\", \"content\": \" \"}] | 'prompt' is empty",
      })
  void saysWhatIsWrongWithAConversation(String messages, String reason) {
    assertThatThrownBy(() -> decode("{\"messages\": " + messages + "}"))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage(reason);
  }

  @Test
  void refusesAPromptBesideMessages() {
    assertThatThrownBy(
            () ->
                decode(
                    "{\"prompt\": \"a\", \"messages\": [{\"role\": \"user\", \"content\": \"a\"}]}"))
        .hasMessage("'prompt' and 'messages' are both there: leave one of them out");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"label\": [1]              | 'label' must be a string, but is an array",
        "\"label\": {}               | 'label' must be a string, but is an object",
        "\"metadata\": \"a\"         | 'metadata' must be an object, but is a string",
        "\"metadata\": {\"a\": 1      | malformed JSON",
        "\"metadata\": {\"a\":1,\"a\":2} | malformed JSON: Duplicate field 'a'",
        "\"metadata\": {\"a\": \"\\ud83d\"} | 'metadata' is not valid Unicode",
      })
  void saysWhatIsWrongWithNotes(String notes, String reason) {
    assertReason("{\"prompt\": \"a\", " + notes + "}", reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "0.5                | 'preference' must be an object with a number for each objective, but is a number",
        "[0.6, 0.4]         | 'preference' must be an object with a number for each objective, but is an array",
        "{}                 | 'preference': a preference must have a finite sum > 0",
        "{\"a\": 0}        | 'preference': a preference must have a finite sum > 0",
        "{\"a\": -1}       | 'preference': the preference for 'a' must be a finite number >= 0, was -1.0",
        "{\"a\": 1e999}    | 'preference': the preference for 'a' must be a finite number >= 0, was Infinity",
        "{\"a\": \"1\"}    | 'preference' for 'a' must be a number, but is a string",
        "{\"a\": {\"b\":1}} | 'preference' for 'a' must be a number, but is an object",
        "{\"a\": null}     | 'preference' for 'a' must be a number, but is null",
        "{\"a\":1,\"a\":2} | malformed JSON: Duplicate field 'a'",
        "{\"a\": 0.5       | malformed JSON",
      })
  void saysWhatIsWrongWithAPreference(String preference, String reason) {
    assertReason("{\"prompt\": \"a\", \"preference\": " + preference + "}", reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"prompt\": \"a\"            | malformed JSON: Unexpected end-of-input",
        "not json                      | malformed JSON: Unrecognized token 'not'",
        "``                            | malformed JSON: the record is empty",
        "{\"prompt\": \"a\"} extra     | malformed JSON",
        "{\"prompt\": \"a\"} {}        | malformed JSON: more text follows the object",
        "{\"prompt\":\"a\",\"prompt\":\"b\"} | malformed JSON: Duplicate field 'prompt'",
        "[\"prompt\"]                  | not a JSON object, but an array",
        "\"prompt\"                    | not a JSON object, but a string",
        "17                            | not a JSON object, but a number",
        "null                          | not a JSON object, but null",
        "{}                            | 'prompt' is missing",
        "{\"Prompt\": \"a\"}           | 'prompt' is missing",
        "{\"prompt\": null}            | 'prompt' is missing",
        "{\"prompt\": \"\"}            | 'prompt' is empty",
        "{\"prompt\": \" \\n\\t \"}    | 'prompt' is empty",
        "{\"prompt\": 5}               | 'prompt' must be a string, but is a number",
        "{\"prompt\": true}            | 'prompt' must be a string, but is a boolean",
        "{\"prompt\": [\"a\"]}         | 'prompt' must be a string, but is an array",
        "{\"prompt\": {\"a\": 1}}      | 'prompt' must be a string, but is an object",
        "{\"prompt\": \"a\", \"id\": 5}      | 'id' must be a string, but is a number",
        "{\"prompt\": \"a\", \"id\": \" \"}  | 'id' is empty",
        "{\"prompt\": \"a\", \"id\": \"x\\u0000\"} | 'id' has control characters",
        "{\"prompt\": \"a\\ud83d b\"}  | 'prompt' is not valid Unicode: half a surrogate pair at character 1",
        "{\"prompt\": \"\\ude00\"}     | 'prompt' is not valid Unicode: half a surrogate pair at character 0",
      })
  void saysWhatIsWrong(String value, String reason) {
    assertReason(value, reason);
  }

  @Test
  void doesNotSayWhereTheParserThinksTheSourceIs() {
    assertThatThrownBy(() -> decode("{\"other\": [1, {\"a\":"))
        .hasMessageStartingWith("malformed JSON: Unexpected end-of-input")
        .hasMessageNotContaining("Source");
    assertThatThrownBy(() -> decode("{"))
        .hasMessage("malformed JSON: Unexpected end-of-input: expected close marker for Object");
  }

  @Test
  void acceptsWholeSurrogatePairs() throws MalformedRecordException {
    assertThat(decode("{\"prompt\": \"\\ud83d\\ude00\"}").text()).isEqualTo("😀");
  }

  @Test
  void refusesInvalidUtf8InsteadOfReplacingIt() {
    byte[] latin1 = {'{', '"', 'p', 'r', 'o', 'm', 'p', 't', '"', ':', '"', (byte) 0xe9, '"', '}'};

    assertThatThrownBy(() -> json.decode(Examples.record("gapo.prompts", 17, latin1)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage("invalid UTF-8");
  }

  @Test
  void refusesATombstone() {
    assertThatThrownBy(() -> json.decode(Examples.record("gapo.prompts", 17, (byte[]) null)))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessage("the record has no value (a tombstone)");
  }

  @Test
  void refusesALargeRecordWithoutParsingIt() {
    assertReason("x".repeat(1_000_000), "too large: the record has 1000000 bytes, the limit is");
  }

  @Test
  void countsThePromptInBytes() throws MalformedRecordException {
    assertThat(decode("{\"prompt\": \"" + "é".repeat(50) + "\"}").text()).hasSize(50);
    assertReason(
        "{\"prompt\": \"" + "é".repeat(51) + "\"}",
        "too large: the prompt has 102 bytes, the limit is 100");
  }

  @Test
  void refusesALongId() {
    assertReason(
        "{\"prompt\": \"a\", \"id\": \"" + "i".repeat(257) + "\"}",
        "'id' has 257 characters, the limit is 256");
  }

  @Test
  void refusesDeepNestingWithoutExhaustingTheStack() {
    assertReason("{\"a\": " + "[".repeat(400) + "]".repeat(400) + "}", "JSON beyond the limits");
    assertReason("[".repeat(900), "not a JSON object");
  }

  @Cases
  void readsWhatItWrites(Draw draw) throws MalformedRecordException {
    String text = draw.text(255);
    boolean isText = !text.isBlank() && wellFormed(text);
    String kept = isText ? text : "text";
    PromptJson roomy = new PromptJson(new PromptLimits(1 << 20, 8 << 20));

    Prompt read = roomy.decode(Examples.record("t", 0, PromptJson.encode(new Prompt("id", kept))));

    assertThat(read).isEqualTo(new Prompt("id", kept));
  }

  @Cases
  void noBytesCauseAnotherExceptionThanMalformed(Draw draw) {
    byte[] bytes = draw.bytes(255);
    try {
      json.decode(Examples.record("t", 0, bytes));
    } catch (MalformedRecordException e) {
      assertThat(e.getMessage()).isNotBlank();
    } catch (RuntimeException e) {
      fail("threw on %d bytes", bytes.length, e);
    }
  }

  private static boolean wellFormed(String text) {
    return java.nio.charset.StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }

  private void assertReason(String value, String reason) {
    assertThatThrownBy(() -> decode(value))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(reason);
  }

  private Prompt decode(String value) throws MalformedRecordException {
    return json.decode(Examples.record("gapo.prompts", 17, value));
  }
}
