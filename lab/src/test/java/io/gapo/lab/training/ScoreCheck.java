package io.gapo.lab.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gapo.core.rollout.FinishReason;
import io.gapo.core.rollout.Rollout;
import io.gapo.runtime.scoring.ScorerSettings;
import io.gapo.runtime.scoring.TorchObjectiveModel;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Scores answers for docs/checks/train.sh: for each line {@code {"prompt": …, "response": …}} of a
 * file one line with the score by a model with a chat template.
 */
final class ScoreCheck {

  private ScoreCheck() {}

  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    List<Rollout> rollouts = new ArrayList<>();
    for (String line : Files.readAllLines(Path.of(arguments[1]), StandardCharsets.UTF_8)) {
      JsonNode row = json.readTree(line);
      rollouts.add(
          new Rollout(
              "p",
              rollouts.size(),
              row.get("prompt").textValue(),
              row.get("response").textValue(),
              new int[1],
              new int[1],
              new float[1],
              new long[1],
              FinishReason.END_OF_SEQUENCE,
              1));
    }
    try (TorchObjectiveModel model =
        TorchObjectiveModel.open(
            "checked",
            Path.of(arguments[0]),
            new ScorerSettings(Optional.empty(), false, 4096),
            TorchSettings.cpu(1))) {
      for (double score : model.score(rollouts)) {
        System.out.println(String.format(Locale.ROOT, "%.9g", score));
      }
    }
  }
}
