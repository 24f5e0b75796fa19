package io.gapo.runtime.llama;

import java.util.Arrays;
import java.util.Optional;

/** The architectures that share Llama's decoder, under Hugging Face's names. */
public enum ModelFamily {
  /** Llama 1 to 3 and whatever is laid out like them. */
  LLAMA("llama", "LlamaForCausalLM"),
  /** Mistral 7B and its kin: Llama with a sliding attention window. */
  MISTRAL("mistral", "MistralForCausalLM"),
  /** Qwen 2 and 2.5: queries, keys and values with biases. */
  QWEN2("qwen2", "Qwen2ForCausalLM"),
  /** Qwen 3: queries and keys normalized head by head. */
  QWEN3("qwen3", "Qwen3ForCausalLM");

  private final String modelType;
  private final String architecture;

  ModelFamily(String modelType, String architecture) {
    this.modelType = modelType;
    this.architecture = architecture;
  }

  /** {@code model_type} in {@code config.json}. */
  public String modelType() {
    return modelType;
  }

  /** The class of its language models, in {@code architectures}. */
  String architecture() {
    return architecture;
  }

  /** The class of its classifiers, which score models are, in {@code architectures}. */
  public String classifier() {
    return architecture.replace("ForCausalLM", "ForSequenceClassification");
  }

  static Optional<ModelFamily> of(String modelType) {
    return Arrays.stream(values()).filter(f -> f.modelType.equals(modelType)).findFirst();
  }
}
