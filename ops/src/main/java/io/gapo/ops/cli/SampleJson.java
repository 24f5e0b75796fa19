package io.gapo.ops.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.ChatMessage;
import io.gapo.ops.display.UntrustedText;
import io.gapo.streams.sample.RolloutFate;
import io.gapo.streams.sample.Sample;
import io.gapo.streams.sample.SampledResponse;
import java.time.Instant;

/** A response as a line of JSON, for scripts. */
final class SampleJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private SampleJson() {}

  /** One line, which a terminal may show: what would steer it is escaped, as JSON allows. */
  static String line(Sample sample) {
    SampledResponse response = sample.response();
    ObjectNode object = JSON.createObjectNode();
    object.put("id", response.id());
    object.put("prompt_id", response.promptId());
    object.put("oldest_version", response.oldestVersion());
    object.put("newest_version", response.newestVersion());
    object.put("tokens", response.tokens());
    object.put("finish_reason", response.finishReason().spelling());
    if (response.writtenAt() >= 0) {
      object.put("written_at", Instant.ofEpochMilli(response.writtenAt()).toString());
    }
    ObjectNode scores = object.putObject("scores");
    sample.scores().forEach(scores::put);
    RolloutFate fate = sample.fate();
    object
        .putObject("fate")
        .put("kind", fate.kind())
        .put("version", fate.version())
        .put("reason", fate.reason())
        .put("same_sampling", fate.sameSampling());
    ArrayNode history = object.putArray("history");
    for (ChatMessage message : response.history()) {
      history.addObject().put("role", message.role()).put("content", message.content());
    }
    object.put("prompt", response.prompt());
    object.put("response", response.response());
    return UntrustedText.escaped(object.toString());
  }
}
