package io.gapo.ops.config;

import io.gapo.core.flow.Backoff;
import io.gapo.core.port.Failures;
import io.gapo.core.port.ObjectiveModel;
import io.gapo.core.settings.InvalidSettingException;
import io.gapo.objectives.http.BearerToken;
import io.gapo.objectives.http.ClassifierInput;
import io.gapo.objectives.http.GapoProtocol;
import io.gapo.objectives.http.HttpObjective;
import io.gapo.objectives.http.Judge;
import io.gapo.objectives.http.OpenRlhf;
import io.gapo.objectives.http.Protocol;
import io.gapo.objectives.http.ServiceSettings;
import io.gapo.objectives.http.TeiPredict;
import io.gapo.objectives.http.VllmClassify;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An objective that a service scores: its {@code http} block, whose keys and defaults
 * reference.conf explains.
 *
 * @param tokenVariable names the environment variable that holds the bearer token, if there is one;
 *     it is looked up where the objective is scored, so that other processes need not have it
 */
public record HttpConfig(
    ServiceSettings service, Protocol protocol, Optional<String> tokenVariable) {

  /** Names of environment variables; a token by mistake in its place should not pass. */
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");

  private static final Set<String> COMMON =
      Set.of(
          "url",
          "protocol",
          "token-env",
          "batch-size",
          "concurrency",
          "timeout",
          "attempts",
          "min-backoff",
          "max-backoff",
          "max-retry-after",
          "open-after",
          "probe-every",
          "max-response-bytes");

  /** The protocols that there are. */
  private enum Kind {
    GAPO,
    TEI_PREDICT,
    VLLM_CLASSIFY,
    OPENRLHF,
    OPENAI_JUDGE
  }

  static HttpConfig from(String objective, Block http) {
    Kind kind = http.has("protocol") ? http.oneOf("protocol", Kind.class) : Kind.GAPO;
    http.requireOnly(COMMON, keys(kind), "protocol = " + Block.spelling(kind));
    return http.make(
        () -> new HttpConfig(service(http), protocol(objective, kind, http), token(http)));
  }

  private static ServiceSettings service(Block http) {
    return new ServiceSettings(
        ServiceSettings.url(http.required("url")),
        http.wholeNumber("batch-size", 8),
        http.wholeNumber("concurrency", 4),
        http.duration("timeout", Duration.ofSeconds(30)),
        http.wholeNumber("attempts", 6),
        new Backoff(
            http.duration("min-backoff", Duration.ofMillis(500)),
            http.duration("max-backoff", Duration.ofSeconds(30))),
        http.duration("max-retry-after", Duration.ofMinutes(2)),
        http.wholeNumber("open-after", 5),
        http.duration("probe-every", Duration.ofSeconds(30)),
        http.has("max-response-bytes") ? http.bytes("max-response-bytes") : 1 << 20);
  }

  /** Every key that such a block may have. */
  static Set<String> allKeys() {
    Set<String> all = new HashSet<>(COMMON);
    for (Kind kind : Kind.values()) {
      all.addAll(keys(kind));
    }
    return all;
  }

  private static Set<String> keys(Kind kind) {
    return switch (kind) {
      case GAPO, OPENRLHF -> Set.of();
      case TEI_PREDICT -> Set.of("reads", "class", "raw-scores");
      case VLLM_CLASSIFY -> Set.of("reads", "class", "model");
      case OPENAI_JUDGE -> Set.of("model", "rubric", "min", "max", "max-tokens");
    };
  }

  private static Protocol protocol(String objective, Kind kind, Block http) {
    return switch (kind) {
      case GAPO -> new GapoProtocol(objective);
      case OPENRLHF -> new OpenRlhf();
      case TEI_PREDICT ->
          new TeiPredict(
              reads(http),
              http.required("class"),
              http.has("raw-scores") && http.flag("raw-scores"));
      case VLLM_CLASSIFY ->
          new VllmClassify(reads(http), http.required("model"), http.wholeNumber("class", 0));
      case OPENAI_JUDGE ->
          new Judge(
              http.required("model"),
              rubric(http.required("rubric")),
              http.has("min") ? http.number("min") : 1,
              http.has("max") ? http.number("max") : 10,
              http.wholeNumber("max-tokens", 256));
    };
  }

  /**
   * Opens the objective.
   *
   * @param seed of the pauses between tries
   * @param environment gives the value of a variable, null if it is not set
   * @throws InvalidSettingException as {@link #token} does
   */
  ObjectiveModel open(String objective, long seed, Environment environment) {
    return HttpObjective.open(objective, protocol, service, token(environment), seed);
  }

  /**
   * Looks the bearer token up, if there is to be one.
   *
   * @throws InvalidSettingException if it is not there, or no token
   */
  Optional<BearerToken> token(Environment environment) {
    return tokenVariable.map(variable -> BearerToken.of(variable, environment.value(variable)));
  }

  /** What a process's environment variables hold. */
  @FunctionalInterface
  interface Environment {
    @Nullable String value(String variable);
  }

  private static ClassifierInput reads(Block http) {
    return http.has("reads")
        ? http.oneOf("reads", ClassifierInput.class)
        : ClassifierInput.RESPONSE;
  }

  private static String rubric(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw new InvalidSettingException(
          "rubric", "cannot be read: %s (%s)".formatted(file, Failures.reason(e)));
    }
  }

  private static Optional<String> token(Block http) {
    if (!http.has("token-env")) {
      return Optional.empty();
    }
    String variable = http.text("token-env");
    if (!VARIABLE.matcher(variable).matches()) {
      throw new InvalidSettingException(
          "token-env", "must be the name of an environment variable that holds the token");
    }
    return Optional.of(variable);
  }
}
