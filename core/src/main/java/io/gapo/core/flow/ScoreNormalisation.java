package io.gapo.core.flow;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.ppo.ScoreMoments;
import io.gapo.core.ppo.ScoreNormaliser;
import io.gapo.core.rollout.ScoredRollout;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.StepStatistics;
import java.util.ArrayList;
import java.util.List;

/**
 * A run's normalisers, and what they have learned.
 *
 * <p>They learn from the lineage, which says of every version what the scores were that it was made
 * of. So a restart knows what was known before, after the first step all collectors of a run
 * normalise alike, and a batch that was not trained on teaches nothing.
 */
public final class ScoreNormalisation {

  private final List<String> objectives;
  private final List<ScoreNormaliser> normalisers;
  private final LearnedByVersion<List<ScoreMoments>> learned = new LearnedByVersion<>();

  /**
   * @param normalisers one an objective, in their order
   */
  public ScoreNormalisation(List<String> objectives, List<ScoreNormaliser> normalisers) {
    if (objectives.size() != normalisers.size()) {
      throw new IllegalArgumentException(
          "expected a normaliser for each of %s, was %s".formatted(objectives, normalisers));
    }
    this.objectives = List.copyOf(objectives);
    this.normalisers = List.copyOf(normalisers);
  }

  /** Learns from a version that counts; it replaces what was learned of it and of later ones. */
  public void read(VersionLineage lineage) {
    PolicyVersion version = lineage.version();
    List<ScoreMoments> before = before(version);
    List<ScoreMoments> after = new ArrayList<>();
    for (int m = 0; m < objectives.size(); m++) {
      after.add(after(m, before.get(m), lineage.statistics()));
    }
    learned.put(version, List.copyOf(after));
  }

  private ScoreMoments after(int m, ScoreMoments before, StepStatistics statistics) {
    int index = statistics.objectives().indexOf(objectives.get(m));
    if (index < 0 || statistics.rollouts() == 0) {
      return before;
    }
    ObjectiveStatistics objective = statistics.perObjective().get(index);
    // Versions from before there were normalisers do not say.
    return Double.isNaN(objective.meanSquare())
        ? before
        : normalisers
            .get(m)
            .learn(
                before,
                new ScoreMoments(
                    statistics.rollouts(), objective.meanScore(), objective.meanSquare()));
  }

  private List<ScoreMoments> before(PolicyVersion version) {
    return learned
        .before(version)
        .orElseGet(() -> objectives.stream().map(objective -> ScoreMoments.NONE).toList());
  }

  /**
   * A batch to improve {@code version} with, its scores normalised. Where nothing has been learned
   * yet, by the batch's own.
   */
  public List<ScoredRollout> apply(PolicyVersion version, List<ScoredRollout> batch) {
    List<ScoreMoments> moments = new ArrayList<>(before(version.next()));
    for (int m = 0; m < moments.size(); m++) {
      if (moments.get(m).weight() == 0) {
        int objective = m;
        moments.set(
            m,
            ScoreMoments.of(
                batch.stream().mapToDouble(scored -> scored.scores()[objective]).toArray()));
      }
    }
    return batch.stream().map(scored -> normalised(scored, moments)).toList();
  }

  private ScoredRollout normalised(ScoredRollout scored, List<ScoreMoments> moments) {
    double[] normalised = new double[normalisers.size()];
    for (int m = 0; m < normalised.length; m++) {
      normalised[m] = normalisers.get(m).normalise(scored.scores()[m], moments.get(m));
    }
    return new ScoredRollout(scored.rollout(), scored.scores(), normalised);
  }
}
