package io.gapo.ops.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.KafkaConfig;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options by which a command is told its settings. */
public final class SettingsOptions {

  private static final Pattern HOCON = Pattern.compile("[\\[{].*|\".*\"", Pattern.DOTALL);

  /** Settings in which a line break is likelier than a backslash. */
  private static final Set<String> TEMPLATES =
      Set.of("gapo.sampling.template", "gapo.sampling.preference-template");

  private static final Pattern ESCAPE = Pattern.compile("\\\\[nrt]");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings in HOCON; what it does not set keeps its default.")
  private @Nullable Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "One setting, stronger than the file: --set gapo.training.batch-size=32. A value in [ ],"
              + " { } or double quotes is read as HOCON, any other literally: --set"
              + " 'gapo.sampling.template=\"[INST] {prompt}\\n[/INST]\"'. A line break is \\n within"
              + " double quotes.")
  private final Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--bootstrap-servers",
      paramLabel = "HOST:PORT",
      description = "Kafka brokers: gapo.kafka.bootstrap-servers.")
  private @Nullable String bootstrapServers;

  /** Merges file, options and defaults. */
  public Config load() {
    return load(Map.of(), Map.of());
  }

  /**
   * Merges file, options and defaults.
   *
   * @param commandDefaults by full key: weaker than what the user says, stronger than the defaults
   * @param commandOptions by full key, from options of the command's own: as strong as {@code
   *     --set}, which wins where both speak
   */
  public Config load(Map<String, ?> commandDefaults, Map<String, ?> commandOptions) {
    Map<String, Object> overrides = new LinkedHashMap<>(commandOptions);
    settings.forEach((key, value) -> overrides.put(key, parsed(key, value)));
    if (bootstrapServers != null) {
      overrides.put("gapo.kafka.bootstrap-servers", bootstrapServers);
    }
    return ConfigFiles.load(Optional.ofNullable(file), overrides, commandDefaults);
  }

  /** Only how to reach Kafka; the other settings may be missing. */
  public KafkaConfig kafka() {
    Config root = load();
    return ConfigFiles.locating(root, () -> KafkaConfig.from(root));
  }

  /** A policy would be trained on the backslash and the letter. */
  private static void requireNoEscape(String key, String value) {
    Matcher escape = ESCAPE.matcher(value);
    if (TEMPLATES.contains(key) && escape.find()) {
      throw new ConfigurationException(
          "--set %s: '%s' in '%s' is read literally, as a backslash and a letter; a text with"
                  .formatted(key, escape.group(), value)
              + " escapes goes in double quotes, where two backslashes stand for one");
    }
  }

  /** Lists, objects and quoted strings are HOCON; anything else is taken literally. */
  private static Object parsed(String key, String value) {
    if (!HOCON.matcher(value).matches()) {
      requireNoEscape(key, value);
      return value;
    }
    try {
      Config parsed = ConfigFactory.parseString("value = " + value);
      if (parsed.root().size() != 1) {
        throw new ConfigurationException(
            "--set %s: '%s' is more than one value".formatted(key, value));
      }
      return parsed.getValue("value").unwrapped();
    } catch (ConfigException e) {
      throw new ConfigurationException(
          "--set %s: cannot understand '%s': %s; a text that begins so goes in double quotes"
              .formatted(key, value, e.getMessage()));
    }
  }
}
