package io.gapo.ops.cli;

import com.typesafe.config.ConfigUtil;
import io.gapo.ops.config.CombinationMethod;
import java.util.ArrayList;
import java.util.Iterator;
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

  /** What the help lists. */
  private static final class Methods implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return CombinationMethod.all().map(CombinationMethod::spelling).iterator();
    }
  }

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      completionCandidates = Methods.class,
      description =
          "How the objectives' gradients are combined: ${COMPLETION-CANDIDATES} (default:"
              + " gapo.combination.method, which is gapo).")
  private @Nullable String method;

  @Option(
      names = "--p",
      paramLabel = "P",
      description =
          "GAPO divides each gradient by the P-th power of its norm (default: gapo.combination.p,"
              + " which is 1).")
  private @Nullable Double exponent;

  @Option(
      names = "--preference",
      paramLabel = "NAME=SHARE",
      split = ",",
      description =
          "Share of each objective, for methods that take a preference:"
              + " --preference helpful=0.6,harmless=0.4; for conditioned ones, of prompts that carry"
              + " none.")
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
