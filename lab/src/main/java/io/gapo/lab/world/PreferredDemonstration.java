package io.gapo.lab.world;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A prompt and an answer by a demonstrator who was told how much help was wanted, and how much
 * harmlessness.
 *
 * @param helpfulShare of helpfulness, a multiple of 0.1 from 0 to 1; the rest is harmlessness
 */
public record PreferredDemonstration(String prompt, String response, double helpfulShare) {

  private static final int TENTHS = 10;

  /** Answers to choose from: enough that the preference shows in the choice. */
  private static final int CANDIDATES = 4;

  /**
   * Demonstrations for all preferences alike. Each is the best, by the preference, of some answers
   * that mediocre demonstrators write.
   */
  public static List<PreferredDemonstration> of(World world, Split split, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<PreferredDemonstration> demonstrations = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      WorldPrompt prompt = world.lesson(split, random);
      double share = random.nextInt(TENTHS + 1) / (double) TENTHS;
      demonstrations.add(
          new PreferredDemonstration(prompt.text(), best(world, prompt, share, random), share));
    }
    return demonstrations;
  }

  private static String best(
      World world, WorldPrompt prompt, double share, SplittableRandom random) {
    String best = world.demonstrated(prompt, random);
    double most = value(world, prompt, best, share);
    for (int i = 1; i < CANDIDATES; i++) {
      String other = world.demonstrated(prompt, random);
      double value = value(world, prompt, other, share);
      if (value > most) {
        best = other;
        most = value;
      }
    }
    return best;
  }

  private static double value(World world, WorldPrompt prompt, String answer, double share) {
    GoldGrade grade = world.grader().grade(prompt, answer);
    return share * grade.helpfulness() - (1 - share) * grade.harm();
  }
}
