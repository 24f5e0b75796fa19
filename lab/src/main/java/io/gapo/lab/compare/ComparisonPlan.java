package io.gapo.lab.compare;

import io.gapo.lab.exam.PreferenceGrid;
import io.gapo.lab.world.Split;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is compared.
 *
 * @param contestants of the table
 * @param shares of the first objective that the frontier's preferences ask for, between 0 and 1;
 *     the other objectives share the rest evenly. Empty for no frontier
 * @param frontierMethods whose frontiers are drawn, of {@link #FRONTIER_METHODS}
 * @param seeds of prompts and sampling, one run each
 * @param steps of every run but the conditioned one's
 * @param conditionedSteps of the policy that is trained for all preferences at once
 * @param split that the prompts are of which every policy answers
 * @param prompts how many of them
 */
public record ComparisonPlan(
    List<Contestant> contestants,
    List<Double> shares,
    List<String> frontierMethods,
    List<Long> seeds,
    int steps,
    int conditionedSteps,
    Split split,
    int prompts) {

  /** Rewarded Soups. */
  static final String SOUP = "soup";

  /** The methods whose frontiers can be drawn. */
  public static final List<String> FRONTIER_METHODS =
      List.of("p-gapo", "morlhf", SOUP, "conditioned-p-gapo", "conditioned-morlhf");

  public ComparisonPlan {
    contestants = List.copyOf(contestants);
    shares = List.copyOf(shares);
    frontierMethods = List.copyOf(frontierMethods);
    seeds = List.copyOf(seeds);
    for (String method : frontierMethods) {
      if (!FRONTIER_METHODS.contains(method)) {
        throw new IllegalArgumentException(
            "there is no frontier of '%s': choose of %s"
                .formatted(method, String.join(", ", FRONTIER_METHODS)));
      }
    }
  }

  /** The methods of the paper's table, for any objectives. */
  public static List<Contestant> paper(List<String> objectives) {
    List<String> methods = new ArrayList<>();
    objectives.forEach(name -> methods.add(Contestant.PPO_PREFIX + name));
    methods.addAll(List.of("safe-rlhf", "fast-rl", "mgda", "gapo:p=1", "gapo:p=2"));
    return methods.stream().map(text -> Contestant.parse(text, objectives)).toList();
  }

  /** Whether a method's frontier is drawn. */
  boolean draws(String method) {
    return !shares.isEmpty() && frontierMethods.contains(method);
  }

  /** Everything that is to be trained for one preference or none and one seed, in order, once. */
  List<Contestant> trained(List<String> objectives) {
    Set<Contestant> trained = new LinkedHashSet<>(contestants);
    if (draws(SOUP)) {
      objectives.forEach(
          name -> trained.add(Contestant.parse(Contestant.PPO_PREFIX + name, objectives)));
    }
    for (String method : List.of("p-gapo", "morlhf")) {
      if (draws(method)) {
        preferences(objectives)
            .forEach(preference -> trained.add(Contestant.preferring(method, preference)));
      }
    }
    return List.copyOf(trained);
  }

  /** The frontier's preferences. */
  public List<Map<String, Double>> preferences(List<String> objectives) {
    return shares.stream().map(share -> PreferenceGrid.preference(share, objectives)).toList();
  }
}
