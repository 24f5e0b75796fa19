package io.gapo.ops.policy;

import java.nio.file.Path;

/** The checkout that the launcher started from, or the working directory. */
public final class Checkout {

  /** Set by the launcher. */
  private static final String HOME_VARIABLE = "GAPO_HOME";

  private Checkout() {}

  /** The directory with the demo's policy, reward and cost model. */
  public static Path demo() {
    String home = System.getenv(HOME_VARIABLE);
    return Path.of(home == null ? "." : home).resolve("demo").normalize();
  }
}
