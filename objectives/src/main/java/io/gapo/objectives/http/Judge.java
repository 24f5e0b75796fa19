package io.gapo.objectives.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.Bounds;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A language model that judges, behind an OpenAI-compatible {@code /v1/chat/completions}. The score
 * is the last number of its answer, which must be within the range.
 *
 * @param model as the server names it
 * @param rubric what it is asked; {@code {prompt}}, {@code {response}} and {@code {label}} stand
 *     for the rollout's
 * @param min the least number that is a score
 * @param max the largest
 * @param maxTokens of its answer
 */
public record Judge(String model, String rubric, double min, double max, int maxTokens)
    implements Protocol {

  private static final Pattern PLACE = Pattern.compile("\\{(prompt|response|label)\\}");
  private static final Pattern NUMBER = Pattern.compile("-?+\\d{1,15}+(?:\\.\\d{1,15}+)?+");

  public Judge {
    Bounds.require(rubric.contains("{response}"), "rubric", "a text with {response} in it", rubric);
    Bounds.finite("min", min);
    Bounds.require(max > min && Double.isFinite(max), "max", "above min", max);
    Bounds.atLeast("max-tokens", maxTokens, 1);
  }

  @Override
  public int largestBatch() {
    return 1;
  }

  @Override
  public ObjectNode request(List<Rollout> rollouts) {
    ObjectNode request =
        Json.object().put("model", model).put("temperature", 0).put("max_tokens", maxTokens);
    request
        .putArray("messages")
        .addObject()
        .put("role", "user")
        .put("content", question(rollouts.get(0)));
    return request;
  }

  /** In one pass: what a response says of places is left as it is. */
  private String question(Rollout rollout) {
    Map<String, String> values =
        Map.of(
            "prompt", rollout.prompt(),
            "response", rollout.response(),
            "label", rollout.notes().label().orElse(""));
    return PLACE
        .matcher(rubric)
        .replaceAll(place -> Matcher.quoteReplacement(values.getOrDefault(place.group(1), "")));
  }

  @Override
  public List<JsonNode> scores(JsonNode answer, List<Rollout> rollouts) throws BadAnswerException {
    JsonNode content = answer.path("choices").path(0).path("message").path("content");
    if (!content.isTextual()) {
      throw new BadAnswerException("no text under 'choices[0].message.content'");
    }
    double last = Double.NaN;
    for (Matcher numbers = NUMBER.matcher(content.textValue()); numbers.find(); ) {
      last = Double.parseDouble(numbers.group());
    }
    if (!(last >= min && last <= max)) {
      throw new BadAnswerException(
          "a judgement that does not end with a number from %s to %s: %s"
              .formatted(min, max, Excerpt.of(content.textValue())));
    }
    return List.of(DoubleNode.valueOf(last));
  }
}
