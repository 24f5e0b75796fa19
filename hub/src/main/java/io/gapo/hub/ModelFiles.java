package io.gapo.hub;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which files of a repository make a model here: tensors without code, tokenizer, configurations.
 */
final class ModelFiles {

  static final String CONFIG = "config.json";
  static final String TOKENIZER = "tokenizer.json";
  static final String ADAPTER_CONFIG = "adapter_config.json";
  static final String SAFETENSORS = ".safetensors";
  static final String INDEX = ".safetensors.index.json";

  private static final Set<String> NAMED =
      Set.of(
          CONFIG,
          TOKENIZER,
          ADAPTER_CONFIG,
          "generation_config.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "chat_template.jinja");

  private static final Pattern TENSORS =
      Pattern.compile("[A-Za-z0-9_][\\w.+-]*\\.safetensors(\\.index\\.json)?");

  /** The same weights again, in the layout of their maker's own code. */
  private static final String CONSOLIDATED = "consolidated";

  private static final int MOST = 1000;

  private ModelFiles() {}

  /**
   * Chooses from all files of a repository; configurations first, so that a model whose tensors are
   * there is whole.
   *
   * @throws HubException if a name would leave the directory, or if there are no tensors
   */
  static List<String> choose(HubModel model, List<String> all) {
    all.forEach(name -> requireInside(model, name));
    boolean hasModel = all.stream().anyMatch(name -> isTensors(name) && name.startsWith("model"));
    List<String> chosen =
        all.stream()
            .filter(name -> NAMED.contains(name) || isTensors(name))
            .filter(name -> !hasModel || !name.startsWith(CONSOLIDATED))
            .distinct()
            .sorted(
                (one, other) ->
                    Boolean.compare(one.endsWith(SAFETENSORS), other.endsWith(SAFETENSORS)) != 0
                        ? Boolean.compare(one.endsWith(SAFETENSORS), other.endsWith(SAFETENSORS))
                        : one.compareTo(other))
            .toList();
    if (chosen.stream().noneMatch(name -> name.endsWith(SAFETENSORS))) {
      throw new HubException(
          "%s has no *.safetensors at its top; other weights are not loaded, since pickles can run"
                  .formatted(model)
              + " code: name a revision that has them, or convert the model and name its directory");
    }
    if (chosen.size() > MOST) {
      throw new HubException(
          "%s has %s files of tensors, more than %s: it is no model"
              .formatted(model, chosen.size(), MOST));
    }
    return chosen;
  }

  private static boolean isTensors(String name) {
    return TENSORS.matcher(name).matches();
  }

  private static void requireInside(HubModel model, String name) {
    boolean hostile =
        name.isEmpty()
            || name.startsWith("/")
            || name.indexOf('\\') >= 0
            || name.chars().anyMatch(Character::isISOControl)
            || List.of(name.split("/", -1)).contains("..");
    if (hostile) {
      throw new HubException(
          "%s lists a file '%s' that would leave the model's directory: do not use this repository"
              .formatted(model, printable(name)));
    }
  }

  private static String printable(String name) {
    String text = name.replaceAll("\\p{Cntrl}", "?");
    return text.length() > 100 ? text.substring(0, 100) + "…" : text;
  }
}
