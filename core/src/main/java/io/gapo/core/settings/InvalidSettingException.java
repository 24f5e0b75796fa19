package io.gapo.core.settings;

/** A setting has a value that it cannot have; thrown by the record that uses it. */
public final class InvalidSettingException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String setting;
  private final String problem;

  /**
   * Refuses a setting.
   *
   * @param setting its own name in the settings, without the blocks around it: {@code clip-range}
   * @param problem what is wrong, as it follows the name: {@code must be > 0, was 0.0}
   */
  public InvalidSettingException(String setting, String problem) {
    super(setting + " " + problem);
    this.setting = setting;
    this.problem = problem;
  }

  /** Its own name in the settings. */
  public String setting() {
    return setting;
  }

  /** What is wrong, as it follows the name. */
  public String problem() {
    return problem;
  }
}
