package io.gapo.ops.cli;

import com.typesafe.config.ConfigUtil;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
  private final List<String> preference = new ArrayList<>();

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec spec;

  /**
   * As settings, by full key.
   *
   * @throws picocli.CommandLine.ParameterException if the preference cannot be read
   */
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    if (method != null) {
      settings.put(ROOT + "method", method);
    }
    if (exponent != null) {
      settings.put(ROOT + "p", exponent);
    }
    PreferenceShares.parse(spec, preference)
        .forEach(
            (name, share) ->
                settings.put(ROOT + "preference." + ConfigUtil.quoteString(name), share));
    return settings;
  }
}
