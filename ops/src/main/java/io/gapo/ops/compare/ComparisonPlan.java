package io.gapo.ops.compare;

import io.gapo.ops.world.Split;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * @param seeds of prompts and sampling, one run each
 * @param steps of every run
 * @param split that the prompts are of which every policy answers
 * @param prompts how many of them
 */
public record ComparisonPlan(
    List<Contestant> contestants,
    List<Double> shares,
    List<Long> seeds,
    int steps,
    Split split,
    int prompts) {

  /** The methods whose frontiers are drawn. */
  private static final List<String> FRONTIER_METHODS = List.of("p-gapo", "morlhf");

  public ComparisonPlan {
    contestants = List.copyOf(contestants);
    shares = List.copyOf(shares);
    seeds = List.copyOf(seeds);
  }

  /** The methods of the paper's table, for any objectives. */
  public static List<Contestant> paper(List<String> objectives) {
    List<String> methods = new ArrayList<>();
    objectives.forEach(name -> methods.add(Contestant.PPO_PREFIX + name));
    methods.addAll(List.of("safe-rlhf", "fast-rl", "mgda", "gapo:p=1", "gapo:p=2"));
    return methods.stream().map(text -> Contestant.parse(text, objectives)).toList();
  }

  /** Everything that is to be trained for one seed, in order, each once. */
  List<Contestant> trained(List<String> objectives) {
    Set<Contestant> trained = new LinkedHashSet<>(contestants);
    if (!shares.isEmpty()) {
      objectives.forEach(
          name -> trained.add(Contestant.parse(Contestant.PPO_PREFIX + name, objectives)));
    }
    for (String method : FRONTIER_METHODS) {
      preferences(objectives)
          .forEach(preference -> trained.add(Contestant.preferring(method, preference)));
    }
    return List.copyOf(trained);
  }

  /** The frontier's preferences. */
  List<Map<String, Double>> preferences(List<String> objectives) {
    return shares.stream().map(share -> preference(share, objectives)).toList();
  }

  private static Map<String, Double> preference(double share, List<String> objectives) {
    Map<String, Double> preference = new LinkedHashMap<>();
    for (int i = 0; i < objectives.size(); i++) {
      preference.put(objectives.get(i), i == 0 ? share : (1 - share) / (objectives.size() - 1));
    }
    return preference;
  }
}
