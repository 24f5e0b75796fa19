package io.gapo.core.rollout;

import java.util.regex.Pattern;

/** What an objective may be called: it stands in group names, metrics, settings and logs. */
public final class ObjectiveName {

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,63}");

  private ObjectiveName() {}

  /** Whether an objective may have this name. */
  public static boolean isValid(String name) {
    return NAME.matcher(name).matches();
  }
}
