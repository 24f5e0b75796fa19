package io.gapo.runtime.llama;

import java.util.LinkedHashMap;
import java.util.Map;

/** The names and shapes of a Llama model's tensors, in the order in which they are kept. */
public final class LlamaLayout {

  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String NORM = "model.norm.weight";
  static final String HEAD = "lm_head.weight";

  /** No model of the family has one. */
  static final String HEAD_BIAS = "lm_head.bias";

  private LlamaLayout() {}

  static String weight(int layer, String module) {
    return "model.layers.%s.%s.weight".formatted(layer, module);
  }

  static String bias(int layer, String module) {
    return "model.layers.%s.%s.bias".formatted(layer, module);
  }

  static boolean isHeadNorm(String name) {
    return name.endsWith(".q_norm.weight") || name.endsWith(".k_norm.weight");
  }

  static boolean isBias(String name) {
    return name.endsWith(".bias");
  }

  static boolean hasOwnHead(LlamaConfig config, OutputLayer output) {
    return output == OutputLayer.VOCABULARY && !config.tiedEmbeddings();
  }

  /** Shape of each tensor by name, in order. */
  public static Map<String, long[]> shapes(LlamaConfig config, OutputLayer output) {
    long hidden = config.hiddenSize();
    long intermediate = config.intermediateSize();
    long queries = (long) config.heads() * config.headSize();
    long keys = (long) config.keyValueHeads() * config.headSize();
    Map<String, long[]> shapes = new LinkedHashMap<>();
    shapes.put(EMBEDDING, new long[] {config.vocabulary(), hidden});
    LlamaVariant variant = config.variant();
    for (int i = 0; i < config.layers(); i++) {
      shapes.put(weight(i, "input_layernorm"), new long[] {hidden});
      shapes.put(weight(i, "self_attn.q_proj"), new long[] {queries, hidden});
      shapes.put(weight(i, "self_attn.k_proj"), new long[] {keys, hidden});
      shapes.put(weight(i, "self_attn.v_proj"), new long[] {keys, hidden});
      if (variant.queryKeyValueBias()) {
        shapes.put(bias(i, "self_attn.q_proj"), new long[] {queries});
        shapes.put(bias(i, "self_attn.k_proj"), new long[] {keys});
        shapes.put(bias(i, "self_attn.v_proj"), new long[] {keys});
      }
      if (variant.queryKeyNorm()) {
        shapes.put(weight(i, "self_attn.q_norm"), new long[] {config.headSize()});
        shapes.put(weight(i, "self_attn.k_norm"), new long[] {config.headSize()});
      }
      shapes.put(weight(i, "self_attn.o_proj"), new long[] {hidden, queries});
      if (variant.outputBias()) {
        shapes.put(bias(i, "self_attn.o_proj"), new long[] {hidden});
      }
      shapes.put(weight(i, "post_attention_layernorm"), new long[] {hidden});
      shapes.put(weight(i, "mlp.gate_proj"), new long[] {intermediate, hidden});
      shapes.put(weight(i, "mlp.up_proj"), new long[] {intermediate, hidden});
      if (variant.feedForwardBias()) {
        shapes.put(bias(i, "mlp.gate_proj"), new long[] {intermediate});
        shapes.put(bias(i, "mlp.up_proj"), new long[] {intermediate});
      }
      shapes.put(weight(i, "mlp.down_proj"), new long[] {hidden, intermediate});
      if (variant.feedForwardBias()) {
        shapes.put(bias(i, "mlp.down_proj"), new long[] {hidden});
      }
    }
    shapes.put(NORM, new long[] {hidden});
    if (hasOwnHead(config, output)) {
      shapes.put(HEAD, new long[] {config.vocabulary(), hidden});
    }
    return shapes;
  }
}
