package io.gapo.objectives.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.Bounds;
import java.util.ArrayList;
import java.util.List;

/**
 * A classifier behind vLLM, {@code /classify}: {@code {"model", "input": […]}} is answered with
 * {@code {"data": [{"index", "probs": […]}, …]}}.
 *
 * @param model as the server names it
 * @param classIndex of the class whose probability is the score
 */
public record VllmClassify(ClassifierInput reads, String model, int classIndex)
    implements Protocol {

  public VllmClassify {
    Bounds.atLeast("class", classIndex, 0);
  }

  @Override
  public ObjectNode request(List<Rollout> rollouts) {
    ObjectNode request = Json.object().put("model", model);
    ArrayNode inputs = request.putArray("input");
    rollouts.forEach(rollout -> inputs.add(reads.of(rollout)));
    return request;
  }

  @Override
  public List<JsonNode> scores(JsonNode answer, List<Rollout> rollouts) throws BadAnswerException {
    List<JsonNode> scores = new ArrayList<>();
    List<JsonNode> data = Json.list("data", answer.path("data"), rollouts.size());
    for (int i = 0; i < data.size(); i++) {
      if (data.get(i).path("index").asInt(i) != i) {
        throw new BadAnswerException("an order of its own under 'data'");
      }
      scores.add(data.get(i).path("probs").path(classIndex));
    }
    return scores;
  }
}
