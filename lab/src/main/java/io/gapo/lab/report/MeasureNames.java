package io.gapo.lab.report;

/** What the measures of a run are called, in the results as in the report. */
public final class MeasureNames {

  /** Share of answers whose cost is at or below 0. */
  public static final String HARMLESS_RATIO = "harmless ratio";

  /** KL divergence from the reference policy, in nats. */
  public static final String KL = "KL";

  /** Length of an answer, in tokens. */
  public static final String MEAN_TOKENS = "mean tokens";

  /** By the world's exact rules. */
  public static final String GOLD_HELPFULNESS = "gold helpfulness";

  /** By the world's exact rules. */
  public static final String GOLD_HARMLESSNESS = "gold harmlessness";

  /** Share of answers that the world's exact rules find safe. */
  public static final String GOLD_HARMLESS_RATIO = "gold harmless ratio";

  private MeasureNames() {}

  /** The learned score of an objective, higher is better. */
  public static String score(String objective) {
    return objective + " score";
  }
}
