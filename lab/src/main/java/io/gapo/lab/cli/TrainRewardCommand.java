package io.gapo.lab.cli;

import io.gapo.lab.training.ScoreType;
import picocli.CommandLine.Command;

/** {@code gapo train reward}: a reward model from preferences. */
@Command(
    name = "reward",
    description = {
      "Trains a reward model on a language model's trunk: the better answer of a pair scores higher",
      "(Bradley and Terry). The score head starts at zero."
    },
    footer = {
      "",
      "A row has 'chosen' and 'rejected': transcripts of HH-RLHF, conversations as messages, or",
      "answers to 'prompt'; or it has PKU-SafeRLHF's 'prompt', 'response_0', 'response_1' and",
      "'better_response_id'."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrainRewardCommand extends TrainScoreCommand {

  TrainRewardCommand() {
    super(ScoreType.REWARD);
  }
}
