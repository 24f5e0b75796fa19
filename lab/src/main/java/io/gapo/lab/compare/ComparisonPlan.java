package io.gapo.lab.compare;

import io.gapo.lab.exam.PreferenceGrid;
import io.gapo.lab.world.Split;
import io.gapo.ops.config.CombinationMethod;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

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
      Stream.of(preferring().stream(), Stream.of(SOUP), conditioned().stream())
          .flatMap(methods -> methods)
          .toList();

  /** Those drawn unless others are asked for: the paper's, its baselines' and the conditioned. */
  public static final List<String> PAPER_FRONTIERS =
      Stream.of(
              Stream.of(CombinationMethod.P_GAPO.spelling(), CombinationMethod.MORLHF.spelling()),
              Stream.of(SOUP),
              conditioned().stream())
          .flatMap(methods -> methods)
          .toList();

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
    List<Contestant> contestants = new ArrayList<>();
    objectives.forEach(name -> contestants.add(Contestant.single(name)));
    for (CombinationMethod method :
        List.of(CombinationMethod.SAFE_RLHF, CombinationMethod.FAST_RL, CombinationMethod.MGDA)) {
      contestants.add(Contestant.parse(method.spelling(), objectives));
    }
    contestants.add(Contestant.gapo(1));
    contestants.add(Contestant.gapo(2));
    return List.copyOf(contestants);
  }

  /** The methods that train one policy for each preference. */
  private static List<String> preferring() {
    return spellings(CombinationMethod::needsPreference);
  }

  /** The methods that train one policy for all preferences, which travel with the prompts. */
  static List<String> conditioned() {
    return spellings(CombinationMethod::isConditioned);
  }

  private static List<String> spellings(Predicate<CombinationMethod> of) {
    return CombinationMethod.all().filter(of).map(CombinationMethod::spelling).toList();
  }

  /** Whether a method's frontier is drawn. */
  boolean draws(String method) {
    return !shares.isEmpty() && frontierMethods.contains(method);
  }

  /** Everything that is to be trained for one preference or none and one seed, in order, once. */
  List<Contestant> trained(List<String> objectives) {
    Set<Contestant> trained = new LinkedHashSet<>(contestants);
    if (draws(SOUP)) {
      objectives.forEach(name -> trained.add(Contestant.single(name)));
    }
    for (String method : preferring()) {
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
