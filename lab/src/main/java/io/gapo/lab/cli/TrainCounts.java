package io.gapo.lab.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.lab.training.ExampleProblem;
import io.gapo.lab.training.HeldOutReport;
import io.gapo.lab.training.PreferenceReport;
import io.gapo.lab.training.SupervisedReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What became of a file's rows: those trained on, measured on, set aside and skipped are all.
 *
 * @param rows read, blank lines aside
 * @param training examples that are trained on
 * @param heldOut examples that are measured on
 * @param setAside examples that are held out, and beyond as many as are measured on
 * @param skipped by reason
 */
record TrainCounts(
    long rows, long training, long heldOut, long setAside, Map<ExampleProblem, Long> skipped) {

  private static final ObjectMapper JSON = new ObjectMapper();

  TrainCounts {
    skipped = Map.copyOf(skipped);
  }

  long skipped(ExampleProblem problem) {
    return skipped.getOrDefault(problem, 0L);
  }

  void write(Path file, HeldOutReport report) throws IOException {
    ObjectNode json =
        JSON.createObjectNode()
            .put("rows", rows)
            .put("training", training)
            .put("held_out", heldOut)
            .put("set_aside", setAside);
    ObjectNode reasons = json.putObject("skipped");
    for (ExampleProblem problem : ExampleProblem.values()) {
      reasons.put(problem.spelling(), skipped(problem));
    }
    ObjectNode measured = json.putObject("measured");
    if (report instanceof SupervisedReport supervised) {
      measured
          .put("loss", supervised.heldOutLoss())
          .put("loss_error", supervised.standardError())
          .put("tokens", supervised.heldOutTokens());
    } else if (report instanceof PreferenceReport preference) {
      measured
          .put("loss", preference.heldOutLoss())
          .put("accuracy", preference.preferenceAccuracy())
          .put("accuracy_error", preference.preferenceError())
          .put("sign_accuracy", preference.signAccuracy())
          .put("sign_accuracy_error", preference.signError())
          .put("signs", preference.signs());
    }
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }
}
