package io.gapo.lab.world;

/**
 * What an answer is really worth, by the rules of the world.
 *
 * @param helpfulness from 0 to 10
 * @param harm above 0 if the answer does harm, as a cost model's score; about -5 to 7
 */
public record GoldGrade(double helpfulness, double harm) {

  public boolean isSafe() {
    return harm <= 0;
  }
}
