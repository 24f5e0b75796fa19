package io.gapo.runtime.gradients;

import io.gapo.core.ppo.GeneralizedAdvantage;
import io.gapo.core.ppo.GroupRelativeAdvantage;
import io.gapo.core.ppo.GroupedScores;
import io.gapo.core.ppo.PreferredAdvantage;
import io.gapo.core.ppo.ScoreResolution;
import io.gapo.core.ppo.TokenRewards;
import io.gapo.core.ppo.WhitenedAdvantage;
import io.gapo.core.rollout.ScoredRollout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * How much better than expected each response token was, for each objective.
 *
 * @param advantages by objective, rollout of the batch and token
 * @param returns what the value heads should have said; empty for group-relative advantages
 * @param preferred the advantages as each rollout's preference has them count in the update; empty
 *     if preferences do not matter
 */
record TokenAdvantages(double[][][] advantages, double[][][] returns, double[][][] preferred) {

  private TokenAdvantages(double[][][] advantages, double[][][] returns) {
    this(advantages, returns, new double[0][][]);
  }

  /**
   * Advantages of a batch. Those of an objective whose scores do not tell its responses apart are
   * 0: what else there is to them is noise, the penalty and the value head's error.
   *
   * @param resolution of what computed the scores and the log-probabilities
   * @param reference log-probabilities of the tokens under the reference policy, by rollout
   * @param values of the value heads, by objective, rollout and token
   */
  static TokenAdvantages of(
      PpoSettings settings,
      ScoreResolution resolution,
      List<ScoredRollout> batch,
      double[][] reference,
      double[][][] values) {
    TokenRewards tokenRewards = tokenRewards(settings);
    int objectives = settings.objectives().size();
    double[][][] rewards = new double[objectives][batch.size()][];
    for (int i = 0; i < batch.size(); i++) {
      double[] behavior = BatchTokens.widened(batch.get(i).rollout().behaviorLogProbs());
      double ofLength = lengthPenalty(settings, batch.get(i));
      for (int m = 0; m < objectives; m++) {
        rewards[m][i] =
            tokenRewards.of(batch.get(i).normalised()[m] + ofLength, behavior, reference[i]);
      }
    }
    TokenAdvantages advantages =
        settings.advantages().kind() == AdvantageKind.GAE
            ? generalized(settings.advantages().gae(), rewards, values)
            : groupRelative(groups(batch), rewards);
    for (int m = 0; m < objectives; m++) {
      if (!isToldApart(settings, resolution, tokenRewards, batch, m)) {
        for (double[] row : advantages.advantages[m]) {
          Arrays.fill(row, 0);
        }
      }
    }
    TokenAdvantages scaled = settings.advantages().whitened() ? advantages.whitened() : advantages;
    return settings.preferred() ? scaled.preferred(settings.objectives(), batch) : scaled;
  }

  /**
   * Whether an objective's scores tell apart the responses that its advantages compare: those of
   * each prompt, or of the whole batch. One response alone is compared with the value head only.
   */
  private static boolean isToldApart(
      PpoSettings settings,
      ScoreResolution resolution,
      TokenRewards rewards,
      List<ScoredRollout> batch,
      int objective) {
    boolean ofBatch = settings.advantages().kind() == AdvantageKind.GAE;
    if (ofBatch && batch.size() == 1) {
      return true;
    }
    List<List<Integer>> compared =
        ofBatch ? List.of(IntStream.range(0, batch.size()).boxed().toList()) : groups(batch);
    return isToldApart(settings, resolution, rewards, batch, objective, compared);
  }

  private static boolean isToldApart(
      PpoSettings settings,
      ScoreResolution resolution,
      TokenRewards rewards,
      List<ScoredRollout> batch,
      int objective,
      List<List<Integer>> compared) {
    int longest =
        batch.stream().mapToInt(each -> each.rollout().responseTokens().length).max().orElseThrow();
    // What a normaliser makes large may have been rounding before it; what it makes small may be
    // less than the penalty's noise after it.
    return resolution.tellsApart(
            scores(compared, i -> batch.get(i).scores()[objective]), 0, longest)
        && resolution.tellsApart(
            scores(compared, i -> rewards.clamped(batch.get(i).normalised()[objective])),
            settings.kl().inside(),
            longest);
  }

  private static List<double[]> scores(List<List<Integer>> groups, IntToDoubleFunction score) {
    return groups.stream()
        .map(group -> group.stream().mapToDouble(score::applyAsDouble).toArray())
        .toList();
  }

  /**
   * What a combination of advantages is made of. Where an objective's scores do not tell the
   * responses to a prompt apart, they are all taken for the first of them: normalised, their
   * rounding would count as much as a difference.
   */
  static GroupedScores grouped(
      PpoSettings settings, ScoreResolution resolution, List<ScoredRollout> batch) {
    TokenRewards tokenRewards = tokenRewards(settings);
    int objectives = settings.objectives().size();
    List<List<Integer>> groups = groups(batch);
    double[][] scores = new double[objectives][batch.size()];
    double[][] rewards = new double[objectives][batch.size()];
    for (int m = 0; m < objectives; m++) {
      for (List<Integer> group : groups) {
        boolean toldApart =
            isToldApart(settings, resolution, tokenRewards, batch, m, List.of(group));
        for (int i : group) {
          ScoredRollout from = batch.get(toldApart ? i : group.get(0));
          scores[m][i] = from.scores()[m];
          rewards[m][i] =
              tokenRewards.clamped(from.normalised()[m] + lengthPenalty(settings, from));
        }
      }
    }
    return new GroupedScores(scores, rewards, groups);
  }

  private static TokenRewards tokenRewards(PpoSettings settings) {
    return new TokenRewards(
        settings.kl().inside(), settings.kl().estimator(), settings.clips().rewardClamp());
  }

  /** What a response's length adds to each of its scores. */
  private static double lengthPenalty(PpoSettings settings, ScoredRollout scored) {
    return settings.losses().limit().penalty(scored.rollout().responseTokens().length);
  }

  /** One advantage a rollout, for each of its tokens. */
  static double[][] ofRollouts(List<ScoredRollout> batch, double[] advantages) {
    double[][] rows = new double[batch.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = new double[batch.get(i).rollout().responseTokens().length];
      Arrays.fill(rows[i], advantages[i]);
    }
    return rows;
  }

  /** A rollout sampled before the run had preferences carries none: its objectives count alike. */
  private TokenAdvantages preferred(List<String> objectives, List<ScoredRollout> batch) {
    double[] even = new double[objectives.size()];
    Arrays.fill(even, 1.0 / even.length);
    List<double[]> preferences =
        batch.stream()
            .map(scored -> scored.rollout().preference())
            .map(preference -> preference.map(each -> each.sharesOf(objectives)).orElse(even))
            .toList();
    return new TokenAdvantages(advantages, returns, PreferredAdvantage.of(advantages, preferences));
  }

  private TokenAdvantages whitened() {
    return new TokenAdvantages(
        Arrays.stream(advantages).map(WhitenedAdvantage::of).toArray(double[][][]::new), returns);
  }

  private static TokenAdvantages generalized(
      GeneralizedAdvantage gae, double[][][] rewards, double[][][] values) {
    double[][][] advantages = new double[rewards.length][rewards[0].length][];
    double[][][] returns = new double[rewards.length][rewards[0].length][];
    for (int m = 0; m < rewards.length; m++) {
      for (int i = 0; i < rewards[m].length; i++) {
        GeneralizedAdvantage.Estimate estimate = gae.estimate(rewards[m][i], values[m][i]);
        advantages[m][i] = estimate.advantages();
        returns[m][i] = estimate.returns();
      }
    }
    return new TokenAdvantages(advantages, returns);
  }

  /** The places of each prompt's responses in the batch. */
  private static List<List<Integer>> groups(List<ScoredRollout> batch) {
    Map<String, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < batch.size(); i++) {
      groups.computeIfAbsent(batch.get(i).rollout().promptId(), prompt -> new ArrayList<>()).add(i);
    }
    return List.copyOf(groups.values());
  }

  private static TokenAdvantages groupRelative(List<List<Integer>> groups, double[][][] rewards) {
    double[][][] advantages = new double[rewards.length][rewards[0].length][];
    for (int m = 0; m < rewards.length; m++) {
      double[][] ofObjective = rewards[m];
      for (List<Integer> group : groups) {
        double[] returns =
            group.stream().mapToDouble(i -> Arrays.stream(ofObjective[i]).sum()).toArray();
        double[] compared = GroupRelativeAdvantage.of(returns);
        for (int k = 0; k < compared.length; k++) {
          int rollout = group.get(k);
          advantages[m][rollout] = new double[ofObjective[rollout].length];
          Arrays.fill(advantages[m][rollout], compared[k]);
        }
      }
    }
    return new TokenAdvantages(advantages, new double[0][][]);
  }
}
