package io.gapo.objectives.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.ChatMessage;
import io.gapo.core.rollout.Rollout;
import java.util.List;

/**
 * A user's own scorer. Asked {@code {"objectives": ["helpful"], "rollouts": [{"id", "prompt",
 * "response", "finish_reason", "label", "metadata"}, …]}}, it answers {@code {"scores": {"helpful":
 * [0.5, …]}}}; null for a rollout that it cannot score. Label, metadata and {@code history}, the
 * messages before the prompt, are there where the prompt has them.
 */
public record GapoProtocol(String objective) implements Protocol {

  @Override
  public ObjectNode request(List<Rollout> rollouts) {
    ObjectNode request = Json.object();
    request.putArray("objectives").add(objective);
    ArrayNode asked = request.putArray("rollouts");
    for (Rollout rollout : rollouts) {
      ObjectNode one =
          asked
              .addObject()
              .put("id", rollout.id())
              .put("prompt", rollout.prompt())
              .put("response", rollout.response())
              .put("finish_reason", rollout.finishReason().spelling());
      if (!rollout.history().isEmpty()) {
        ArrayNode history = one.putArray("history");
        for (ChatMessage message : rollout.history()) {
          history.addObject().put("role", message.role()).put("content", message.content());
        }
      }
      rollout.notes().label().ifPresent(label -> one.put("label", label));
      rollout.notes().metadata().ifPresent(json -> one.set("metadata", Json.parsed(json)));
    }
    return request;
  }

  @Override
  public List<JsonNode> scores(JsonNode answer, List<Rollout> rollouts) throws BadAnswerException {
    return Json.list("scores." + objective, answer.path("scores").path(objective), rollouts.size());
  }
}
