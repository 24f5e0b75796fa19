package io.gapo.ops.world;

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

  /**
   * Demonstrations for all preferences alike. Each is the better, by the preference, of two answers
   * that mediocre demonstrators write: so the answers of an even preference are little better than
   * those of {@link World#demonstrations}, and the preference shows.
   */
  public static List<PreferredDemonstration> of(World world, Split split, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<PreferredDemonstration> demonstrations = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      WorldPrompt prompt = world.lesson(split, random);
      double share = random.nextInt(TENTHS + 1) / (double) TENTHS;
      String first = world.demonstrated(prompt, random);
      String second = world.demonstrated(prompt, random);
      boolean firstIsBetter =
          value(world.grader().grade(prompt, first), share)
              >= value(world.grader().grade(prompt, second), share);
      demonstrations.add(
          new PreferredDemonstration(prompt.text(), firstIsBetter ? first : second, share));
    }
    return demonstrations;
  }

  private static double value(GoldGrade grade, double helpfulShare) {
    return helpfulShare * grade.helpfulness() - (1 - helpfulShare) * grade.harm();
  }
}
