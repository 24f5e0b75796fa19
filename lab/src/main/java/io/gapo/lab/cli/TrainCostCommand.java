package io.gapo.lab.cli;

import io.gapo.lab.training.ScoreType;
import picocli.CommandLine.Command;

/** {@code gapo train cost}: a cost model from preferences and signs. */
@Command(
    name = "cost",
    description = {
      "Trains a cost model on a language model's trunk: the less safe answer of a pair costs more",
      "(Bradley and Terry), and one that is known to be safe costs less than 0, the others more",
      "(Safe RLHF). The score head starts at zero. An objective of it needs negate = true."
    },
    footer = {
      "",
      "A row has PKU-SafeRLHF's 'prompt', 'response_0', 'response_1', 'safer_response_id',",
      "'is_response_0_safe' and 'is_response_1_safe'; or 'chosen', which is the safer one, and",
      "'rejected', as 'gapo train reward' reads them: such rows say nothing of signs."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrainCostCommand extends TrainScoreCommand {

  TrainCostCommand() {
    super(ScoreType.COST);
  }
}
