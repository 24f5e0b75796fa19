package io.gapo.objectives.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.Rollout;
import java.util.List;

/** What a service is asked, and what its answer says. */
public interface Protocol {

  /** The JSON to post for these rollouts. */
  ObjectNode request(List<Rollout> rollouts);

  /**
   * The scores in an answer, in the order of the rollouts that it is about; each should be a
   * number, which is checked elsewhere.
   *
   * @throws BadAnswerException if the answer has another shape
   */
  List<JsonNode> scores(JsonNode answer, List<Rollout> rollouts) throws BadAnswerException;

  /** The most rollouts of one request. */
  default int largestBatch() {
    return Integer.MAX_VALUE;
  }
}
