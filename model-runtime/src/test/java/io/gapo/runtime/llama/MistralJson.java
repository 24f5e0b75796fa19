package io.gapo.runtime.llama;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The configuration of Mistral 7B, to be changed. */
final class MistralJson {

  static final String TEXT =
      """
      {"model_type": "mistral", "vocab_size": 32000, "hidden_size": 4096,
       "intermediate_size": 14336, "num_hidden_layers": 32, "num_attention_heads": 32,
       "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_theta": 1000000.0,
       "max_position_embeddings": 32768, "sliding_window": 4096, "hidden_act": "silu",
       "tie_word_embeddings": false, "bos_token_id": 1, "eos_token_id": [2, 7],
       "pad_token_id": null, "rope_scaling": null, "a_key_of_tomorrow": {}}
      """;

  private MistralJson() {}

  /** Puts a changed one into a directory. */
  static void write(Path directory, Consumer<ObjectNode> change) {
    try {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode json = (ObjectNode) mapper.readTree(TEXT);
      change.accept(json);
      Files.write(directory.resolve(LlamaConfig.FILE), mapper.writeValueAsBytes(json));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
