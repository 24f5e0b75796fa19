package io.gapo.runtime.llama;

import io.gapo.runtime.safetensors.MalformedCheckpointException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses files with more in them than the configuration calls for: a bias, norm or layer that is
 * left out makes another model.
 *
 * <p>Only what lies under {@code model.} is the trunk's; heads beside it are for others to read.
 */
final class UnreadTensors {

  private static final String TRUNK = "model.";

  /** What old checkpoints keep and everyone computes anew. */
  private static final String FREQUENCIES = ".rotary_emb.inv_freq";

  private static final Pattern LAYER = Pattern.compile("model\\.layers\\.(\\d+)\\..*");

  private static final int NAMED = 3;

  private UnreadTensors() {}

  /**
   * Checks the names of all tensors.
   *
   * @param directory for messages
   * @param names of the tensors in the files
   * @param shapes of those that are read
   * @throws MalformedCheckpointException naming the first that are not
   */
  static void refuse(
      Path directory, Set<String> names, Map<String, long[]> shapes, LlamaConfig config) {
    List<String> unread =
        names.stream()
            .filter(name -> name.startsWith(TRUNK) && !name.endsWith(FREQUENCIES))
            .filter(name -> !shapes.containsKey(name))
            .toList();
    if (!unread.isEmpty()) {
      throw new MalformedCheckpointException(
          directory,
          "%s would be left out%s, %s: mend that, or download the %s of these files"
              .formatted(
                  String.join(", ", unread.subList(0, Math.min(NAMED, unread.size()))),
                  unread.size() > NAMED ? " (and %d more)".formatted(unread.size() - NAMED) : "",
                  reason(unread.get(0), config),
                  LlamaConfig.FILE));
    }
  }

  private static String reason(String name, LlamaConfig config) {
    Matcher layer = LAYER.matcher(name);
    String family = config.variant().family().modelType();
    if (layer.matches() && isBeyond(layer.group(1), config.layers())) {
      return "as num_hidden_layers in %s is %d".formatted(LlamaConfig.FILE, config.layers());
    }
    if (LlamaLayout.isBias(name)) {
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

  /** Of a number with any number of digits. */
  private static boolean isBeyond(String layer, int layers) {
    String digits = layer.replaceFirst("^0+(?=\\d)", "");
    return digits.length() > 9 || Integer.parseInt(digits) >= layers;
  }
}
