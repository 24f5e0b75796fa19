package io.gapo.runtime.llama;

import io.gapo.runtime.safetensors.MalformedCheckpointException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses files with more in them than the configuration calls for: a bias, norm, layer or head
 * that is left out makes another model. Only what is known to change nothing is left alone.
 */
final class UnreadTensors {

  private static final String TRUNK = "model.";

  /** What old checkpoints keep and everyone computes from the configuration. */
  private static final String FREQUENCIES = ".rotary_emb.inv_freq";

  /** Heads that read the trunk's output and that neither logits nor another head depend on. */
  private static final Pattern HEAD =
      Pattern.compile(
          "score\\.(weight|bias)" // transformers' sequence classification
              + "|score_head\\.(weight|bias)|normalizer\\.(mean|var|count)" // Safe RLHF
              + "|v_head\\.summary\\.(weight|bias)" // TRL
              + "|value_heads\\.[^.]+\\.(weight|bias)");

  /** Tensors without effect in a model whose output is another head's. */
  private static final Set<String> VOCABULARY_OUTPUT =
      Set.of(LlamaLayout.HEAD, LlamaLayout.HEAD_BIAS);

  private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\..*");

  private static final int NAMED = 3;

  private UnreadTensors() {}

  /**
   * Checks the names of all tensors.
   *
   * @param directory for messages
   * @param names of the tensors in the files
   * @param read names of those that are read
   * @throws MalformedCheckpointException naming the first that are not, and what to do
   */
  static void refuse(
      Path directory, Set<String> names, Set<String> read, LlamaConfig config, OutputLayer output) {
    List<String> unread =
        names.stream()
            .filter(name -> !read.contains(name) && !changesNothing(name, output))
            .toList();
    if (!unread.isEmpty()) {
      throw new MalformedCheckpointException(
          directory,
          "%s would be left out%s, %s: %s"
              .formatted(
                  String.join(", ", unread.subList(0, Math.min(NAMED, unread.size()))),
                  unread.size() > NAMED ? " (and %s more)".formatted(unread.size() - NAMED) : "",
                  reason(unread.get(0), config),
                  remedy(unread.get(0))));
    }
  }

  private static boolean changesNothing(String name, OutputLayer output) {
    return name.endsWith(FREQUENCIES)
        || HEAD.matcher(name).matches()
        || (output == OutputLayer.NONE && VOCABULARY_OUTPUT.contains(name));
  }

  private static String remedy(String name) {
    return name.startsWith(TRUNK)
        ? "fix that, or download the %s of these files".formatted(LlamaConfig.FILE)
        : "take another model, or remove them from the files if it is the same without them";
  }

  private static String reason(String name, LlamaConfig config) {
    Matcher layer = LAYER.matcher(name);
    String family = config.variant().family().modelType();
    if (layer.matches() && isBeyond(layer.group(1), config.layers())) {
      return "as num_hidden_layers in %s is %s".formatted(LlamaConfig.FILE, config.layers());
    }
    if (name.startsWith(TRUNK) && LlamaLayout.isBias(name)) {
      return "as model_type %s with attention_bias %s and mlp_bias %s in %s has no such bias"
          .formatted(
              family,
              config.variant().attentionBias(),
              config.variant().feedForwardBias(),
              LlamaConfig.FILE);
    }
    return "as model_type in %s is %s, which has no such tensor"
        .formatted(LlamaConfig.FILE, family);
  }

  /** Whether a layer number, of any number of digits, is at least {@code layers}. */
  private static boolean isBeyond(String layer, int layers) {
    String digits = layer.replaceFirst("^0+(?=\\d)", "");
    return digits.length() > 9 || Integer.parseInt(digits) >= layers;
  }
}
