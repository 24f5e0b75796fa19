package io.gapo.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTemplatesTest {

  private static final Conversation QUESTION = Conversation.ofUser("hi");

  private final Path directory;

  ChatTemplatesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void aModelWithoutATemplateHasNone() throws IOException {
    assertThat(ChatTemplates.of(directory)).isEmpty();

    config("{\"bos_token\": \"<s>\"}");

    assertThat(ChatTemplates.of(directory)).isEmpty();
  }

  @Test
  void theFileGoesBeforeTheConfiguration() throws IOException {
    config("{\"chat_template\": \"old\"}");
    assertThat(rendered()).isEqualTo("old");

    Files.writeString(directory.resolve("chat_template.jinja"), "new");
    assertThat(rendered()).isEqualTo("new");
  }

  @Test
  void ofSeveralTemplatesTheDefaultIsTaken() throws IOException {
    config(
        """
        {"chat_template": [
          {"name": "tool_use", "template": "tools"}, {"name": "default", "template": "plain"}]}
        """);

    assertThat(rendered()).isEqualTo("plain");
  }

  @Test
  void specialTokensAreInScopeHoweverTheyAreWritten() throws IOException {
    Files.writeString(
        directory.resolve("special_tokens_map.json"),
        "{\"bos_token\": \"<old>\", \"unk_token\": {\"content\": \"<unk>\"}}");
    config(
        """
        {"chat_template": "{{ bos_token }}{{ eos_token }}{{ pad_token }}{{ unk_token }}{{ add_bos_token }}",
         "bos_token": {"content": "<s>", "lstrip": false}, "eos_token": "</s>", "pad_token": null,
         "add_bos_token": true}
        """);

    assertThat(rendered()).isEqualTo("<s></s><unk>");
  }

  @Test
  void aTemplateThatCannotBeReadNamesItsFileAndLine() throws IOException {
    Files.writeString(directory.resolve("chat_template.jinja"), "a\n{% if x %}");

    assertThatExceptionOfType(ChatTemplateException.class)
        .isThrownBy(() -> ChatTemplates.of(directory))
        .withMessageContaining(directory.resolve("chat_template.jinja") + ", line 2")
        .withMessageContaining("endif");
  }

  @Test
  void aTemplateInTheConfigurationNamesThat() throws IOException {
    config("{\"chat_template\": \"{{ 1 \"}");

    assertThatExceptionOfType(ChatTemplateException.class)
        .isThrownBy(() -> ChatTemplates.of(directory))
        .withMessageContaining("chat_template in " + directory.resolve("tokenizer_config.json"));
  }

  @Test
  void aConfigurationThatIsNoJsonIsNamed() throws IOException {
    config("{");

    assertThatExceptionOfType(ChatTemplateException.class)
        .isThrownBy(() -> ChatTemplates.of(directory))
        .withMessageContaining("tokenizer_config.json is not JSON");
  }

  private void config(String json) throws IOException {
    Files.writeString(directory.resolve("tokenizer_config.json"), json);
  }

  private String rendered() {
    ChatTemplates.ModelChat chat = ChatTemplates.of(directory).orElseThrow();
    return chat.template().render(QUESTION, chat.options()).text();
  }
}
