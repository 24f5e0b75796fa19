package io.gapo.lab.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.gapo.core.rollout.ChatMessage;
import io.gapo.lab.training.DemonstrationForm.Sequence;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.SpecialTokens;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.text.TinyTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemonstrationFormTest {

  private static final int VOCABULARY = 270;

  /** Something stands behind the end of a response, as in ChatML. */
  private static final String TEMPLATE =
      "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}{{ eos_token }}\n"
          + "{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}";

  private static final AnsweredPrompt DEMONSTRATION =
      new AnsweredPrompt(
          List.of(new ChatMessage("system", "the cat")), "And now?", "the hat </s> sat");

  @TempDir Path directory = Path.of("set by JUnit");

  @BeforeEach
  void writeTokenizer() throws IOException {
    TinyTokenizer.write(directory);
    Files.writeString(
        directory.resolve("tokenizer_config.json"),
        "{\"bos_token\": \"<s>\", \"eos_token\": \"</s>\"}");
  }

  private static LlamaConfig config() {
    SpecialTokens tokens =
        new SpecialTokens(
            OptionalInt.of(TinyTokenizer.BEGIN_ID),
            List.of(VOCABULARY - 1, TinyTokenizer.END_ID),
            OptionalInt.empty());
    return new LlamaConfig(VOCABULARY, 32, 64, 1, 4, 2, 8, 1e-5, 10_000, true, 96, tokens);
  }

  private TextCodec open(String template) throws IOException {
    Files.writeString(directory.resolve("chat_template.jinja"), template);
    return TextCodec.open(directory, VOCABULARY, Optional.empty(), PreferenceText.NONE);
  }

  private static Sequence sequence(TextCodec codec, AnsweredPrompt demonstration) {
    DemonstrationForm form = new DemonstrationForm(config(), codec);
    Sequence made = form.tokens(demonstration, form.encode(form.texts(demonstration)));
    assertThat(form.unpack(form.pack(made)).tokens()).isEqualTo(made.tokens());
    assertThat(form.unpack(form.pack(made)).promptLength()).isEqualTo(made.promptLength());
    return made;
  }

  private static int[] prompt(Sequence sequence) {
    return Arrays.copyOf(sequence.tokens(), sequence.promptLength());
  }

  private static int[] response(Sequence sequence) {
    return Arrays.copyOfRange(sequence.tokens(), sequence.promptLength(), sequence.tokens().length);
  }

  @Test
  void learnsTheResponseWithItsEndOfTheModelsOwnTemplate() throws IOException {
    try (TextCodec codec = open(TEMPLATE)) {
      Sequence sequence = sequence(codec, DEMONSTRATION);

      assertThat(prompt(sequence))
          .isEqualTo(codec.encode(codec.format().prompt(DEMONSTRATION.history(), "And now?")));
      assertThat(response(sequence)).endsWith(TinyTokenizer.END_ID);
      assertThat(Arrays.stream(response(sequence)).filter(t -> t == TinyTokenizer.END_ID))
          .as("what a demonstration writes of special tokens is plain text")
          .hasSize(1);
      assertThat(codec.decodeResponse(prompt(sequence), response(sequence)))
          .isEqualTo("the hat </s> sat");
    }
  }

  @Test
  void learnsTheResponseAloneWhereItsPromptReadsOtherwiseOnceItIsAnswered() throws IOException {
    String thinking = TEMPLATE.replace("assistant: {%", "assistant: think: {%");
    try (TextCodec codec = open(thinking)) {
      Sequence sequence = sequence(codec, DEMONSTRATION);

      assertThat(prompt(sequence))
          .isEqualTo(codec.encode(codec.format().prompt(DEMONSTRATION.history(), "And now?")));
      assertThat(response(sequence)).endsWith(TinyTokenizer.END_ID);
      assertThat(codec.decodeResponse(prompt(sequence), response(sequence)))
          .isEqualTo("the hat </s> sat");
    }
  }

  @Test
  void endsAResponseOfAPlainTemplateWithTheModelsFirstEnd() {
    PromptTemplate template = new PromptTemplate("Q: {prompt} A:");
    try (TextCodec codec = TextCodec.open(directory, VOCABULARY, template)) {
      Sequence sequence = sequence(codec, new AnsweredPrompt("the cat", "the hat"));

      assertThat(prompt(sequence)).isEqualTo(codec.encode(template.around("the cat", "")));
      assertThat(response(sequence)).endsWith(VOCABULARY - 1);
      assertThat(sequence.tokens()).startsWith(codec.encode(template.around("the cat", "the hat")));
    }
  }
}
