package io.gapo.lab.exam;

import io.gapo.core.rollout.PromptPreference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The preferences that the paper's frontiers are drawn for. */
public final class PreferenceGrid {

  /** Shares of the first objective. */
  public static final List<Double> PAPER_SHARES = List.of(0.2, 0.4, 0.6, 0.8);

  private PreferenceGrid() {}

  /** A share for the first objective, the rest evenly for the others. */
  public static Map<String, Double> preference(double share, List<String> objectives) {
    Map<String, Double> preference = new LinkedHashMap<>();
    for (int i = 0; i < objectives.size(); i++) {
      preference.put(objectives.get(i), i == 0 ? share : (1 - share) / (objectives.size() - 1));
    }
    return preference;
  }

  /**
   * Preferences for as many prompts: every four of them ask for the paper's four, in an order of
   * their own, so that no batch leans far.
   */
  public static List<PromptPreference> dealt(int prompts, List<String> objectives, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<PromptPreference> dealt = new ArrayList<>();
    List<Double> left = new ArrayList<>();
    while (dealt.size() < prompts) {
      if (left.isEmpty()) {
        left.addAll(PAPER_SHARES);
      }
      double share = left.remove(random.nextInt(left.size()));
      dealt.add(PromptPreference.of(preference(share, objectives)));
    }
    return dealt;
  }
}
