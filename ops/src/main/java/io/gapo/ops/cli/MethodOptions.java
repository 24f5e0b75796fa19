package io.gapo.ops.cli;

import com.typesafe.config.ConfigUtil;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a training command is told how to combine objectives. */
public final class MethodOptions {

  private static final String ROOT = "gapo.combination.";

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      description =
          "How the objectives' gradients become one: gapo, mgda, p-gapo, conditioned-p-gapo,"
              + " conditioned-morlhf, ppo-NAME,"
              + " morlhf, safe-rlhf, fast-rl, pcgrad, cagrad, nash-mtl, imtl-g, aligned-mtl or upgrad.")
  private @Nullable String method;

  @Option(
      names = "--p",
      paramLabel = "P",
      description = "GAPO divides each gradient by the P-th power of its norm.")
  private @Nullable Double exponent;

  @Option(
      names = "--preference",
      paramLabel = "NAME=SHARE",
      split = ",",
      description =
          "Share of each objective for p-gapo and morlhf: --preference helpful=0.6,harmless=0.4;"
              + " for conditioned-p-gapo and conditioned-morlhf, of prompts that carry none.")
  private final Map<String, Double> preference = new LinkedHashMap<>();

  /** As settings, by full key. */
  Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    if (method != null) {
      settings.put(ROOT + "method", method);
    }
    if (exponent != null) {
      settings.put(ROOT + "p", exponent);
    }
    preference.forEach(
        (name, share) -> settings.put(ROOT + "preference." + ConfigUtil.quoteString(name), share));
    return settings;
  }
}
