package io.gapo.objectives.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.Rollout;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * A classifier behind text-embeddings-inference, {@code /predict}: {@code {"inputs": [["text"],
 * …]}} is answered with a list of {@code {"label", "score"}} for each text. Texts that are too long
 * for the model are refused by the server, not cut.
 *
 * @param label of the class whose score counts
 * @param rawScores asks for the score before the softmax or sigmoid
 */
public record TeiPredict(ClassifierInput reads, String label, boolean rawScores)
    implements Protocol {

  @Override
  public ObjectNode request(List<Rollout> rollouts) {
    ObjectNode request = Json.object().put("raw_scores", rawScores).put("truncate", false);
    ArrayNode inputs = request.putArray("inputs");
    rollouts.forEach(rollout -> inputs.addArray().add(reads.of(rollout)));
    return request;
  }

  @Override
  public List<JsonNode> scores(JsonNode answer, List<Rollout> rollouts) throws BadAnswerException {
    List<JsonNode> scores = new ArrayList<>();
    for (JsonNode classes : Json.list("the answer", answer, rollouts.size())) {
      scores.add(
          StreamSupport.stream(classes.spliterator(), false)
              .filter(each -> each.path("label").asText().equals(label))
              .map(each -> each.path("score"))
              .findFirst()
              .orElse(NullNode.instance));
    }
    if (scores.stream().allMatch(JsonNode::isNull)) {
      throw new BadAnswerException(
          "no class '%s': %s".formatted(label, Excerpt.of(answer.toString())));
    }
    return scores;
  }
}
