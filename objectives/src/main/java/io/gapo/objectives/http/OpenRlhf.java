package io.gapo.objectives.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.Rollout;
import java.util.ArrayList;
import java.util.List;

/**
 * OpenRLHF's remote reward model: {@code {"query": […], "prompts": […], "labels": […]}}, a query
 * being prompt and response, is answered with {@code {"rewards": […]}}.
 */
public record OpenRlhf() implements Protocol {

  @Override
  public ObjectNode request(List<Rollout> rollouts) {
    ObjectNode request = Json.object();
    ArrayNode queries = request.putArray("query");
    ArrayNode prompts = request.putArray("prompts");
    ArrayNode labels = request.putArray("labels");
    for (Rollout rollout : rollouts) {
      queries.add(rollout.prompt() + rollout.response());
      prompts.add(rollout.prompt());
      labels.add(rollout.notes().label().orElse(null));
    }
    return request;
  }

  @Override
  public List<JsonNode> scores(JsonNode answer, List<Rollout> rollouts) throws BadAnswerException {
    List<JsonNode> scores = new ArrayList<>();
    for (JsonNode reward : Json.list("rewards", answer.path("rewards"), rollouts.size())) {
      // A tensor of shape (B, 1) becomes lists of one.
      scores.add(reward.isArray() && reward.size() == 1 ? reward.get(0) : reward);
    }
    return scores;
  }
}
