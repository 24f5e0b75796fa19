package io.gapo.objectives.http;

import io.gapo.core.settings.InvalidSettingException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A secret that goes into requests and nowhere else: neither messages nor logs show it. */
public final class BearerToken {

  private static final Pattern VISIBLE = Pattern.compile("[\\x21-\\x7e]+");

  private final String variable;
  private final String value;

  private BearerToken(String variable, String value) {
    this.variable = variable;
    this.value = value;
  }

  /**
   * The token in an environment variable.
   *
   * @param variable its name
   * @param value what it holds; null if it is not set
   */
  public static BearerToken of(String variable, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new InvalidSettingException(
          "token-env",
          "names the environment variable %s, which is not set: export it with the token in it"
              .formatted(variable));
    }
    if (!VISIBLE.matcher(value.strip()).matches()) {
      throw new InvalidSettingException(
          "token-env",
          "names the environment variable %s, whose value has characters that no token has: export it"
                  .formatted(variable)
              + " with the token alone");
    }
    return new BearerToken(variable, value.strip());
  }

  String header() {
    return "Bearer " + value;
  }

  /** A text in which the token does not occur. */
  String hiddenIn(String text) {
    return text.replace(value, "***");
  }

  /** The variable's name. */
  @Override
  public String toString() {
    return "the token in " + variable;
  }
}
