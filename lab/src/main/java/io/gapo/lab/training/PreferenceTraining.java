package io.gapo.lab.training;

import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Teaches score models to judge responses as people did, in the layout and with the losses of Safe
 * RLHF (Dai et al., ICLR 2024, eqs. 3 and 4; Bradley and Terry 1952).
 *
 * <p>A score model is the policy's trunk with a linear score head on the hidden state of the last
 * token, which ends the response.
 *
 * @param regularization weight of the mean squared score
 */
public record PreferenceTraining(
    PromptTemplate template,
    double regularization,
    TrainingSettings settings,
    TorchSettings torch) {

  public PreferenceTraining {
    if (!(regularization >= 0)) {
      throw new IllegalArgumentException("regularization must be >= 0, was " + regularization);
    }
  }

  /**
   * Trains a reward model: the better response of each pair scores higher.
   *
   * @param policyDirectory whose trunk and tokenizer it starts from
   * @param directory that it is written to, made if need be
   * @throws IllegalArgumentException if a response is longer than the model can read
   */
  public PreferenceReport trainReward(
      Path policyDirectory,
      Path directory,
      List<RewardPair> pairs,
      List<RewardPair> heldOut,
      TrainingProgress progress) {
    return train(
        policyDirectory, directory, "reward", ofRewards(pairs), ofRewards(heldOut), progress);
  }

  /**
   * Trains a cost model: the unsafer response of each pair costs more, and what does harm costs
   * more than 0, what does none less.
   *
   * @param policyDirectory whose trunk and tokenizer it starts from
   * @param directory that it is written to, made if need be
   * @throws IllegalArgumentException if a response is longer than the model can read
   */
  public PreferenceReport trainCost(
      Path policyDirectory,
      Path directory,
      List<CostPair> pairs,
      List<CostPair> heldOut,
      TrainingProgress progress) {
    return train(policyDirectory, directory, "cost", ofCosts(pairs), ofCosts(heldOut), progress);
  }

  private PreferenceReport train(
      Path policyDirectory,
      Path directory,
      String scoreType,
      List<JudgedPair> pairs,
      List<JudgedPair> heldOut,
      TrainingProgress progress) {
    try (ScoreModelInTraining model =
        ScoreModelInTraining.from(policyDirectory, template, regularization, settings, torch)) {
      model.train(model.encode(pairs), progress);
      model.write(policyDirectory, directory, scoreType);
      return model.evaluate(model.encode(heldOut));
    }
  }

  private static List<JudgedPair> ofRewards(List<RewardPair> pairs) {
    List<JudgedPair> judged = new ArrayList<>();
    for (RewardPair pair : pairs) {
      judged.add(new JudgedPair(pair.prompt(), pair.better(), pair.worse(), 0, 0));
    }
    return judged;
  }

  private static List<JudgedPair> ofCosts(List<CostPair> pairs) {
    List<JudgedPair> judged = new ArrayList<>();
    for (CostPair pair : pairs) {
      judged.add(
          new JudgedPair(
              pair.prompt(),
              pair.unsafer(),
              pair.safer(),
              pair.unsaferIsSafe() ? -1 : 1,
              pair.saferIsSafe() ? -1 : 1));
    }
    return judged;
  }

  /**
   * Two responses of which one should score higher.
   *
   * @param higherSign of its score: 1, −1, or 0 if either will do
   * @param lowerSign likewise
   */
  record JudgedPair(String prompt, String higher, String lower, int higherSign, int lowerSign) {}
}
