package io.gapo.runtime.checkpoint;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.combine.GramMatrix;
import io.gapo.core.combine.MethodMemory;
import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.runtime.files.DurableFiles;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint's {@code state.json}: its state, and the digests that say whether the tensor files
 * beside it are the ones it was written with.
 *
 * @param format of this document; another is not read
 * @param sha256 in hex, by file name
 */
record StateDocument(
    int format,
    Map<String, String> sha256,
    long optimizerSteps,
    PolicyVersion version,
    long epoch,
    @Nullable VersionLineage lineage,
    Map<String, Long> inputOffsets) {

  private static final int FORMAT = 2;

  /**
   * Its memories of methods are numbers without the objectives' names, and no objective is left
   * out.
   */
  private static final int UNNAMED_MEMORIES = 1;

  /** Far above what the bounded lists in a state come to. */
  private static final long MAX_BYTES = 64L << 20;

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .addModule(
              new SimpleModule()
                  .addSerializer(GramMatrix.class, new GramMatrixWriter())
                  .addDeserializer(GramMatrix.class, new GramMatrixReader())
                  .addDeserializer(RolloutReference.class, new RolloutReferenceReader())
                  .addSerializer(Instant.class, new InstantWriter())
                  .addDeserializer(Instant.class, new InstantReader()))
          .build();

  StateDocument {
    sha256 = Map.copyOf(sha256);
    inputOffsets = Map.copyOf(inputOffsets);
  }

  static StateDocument of(CheckpointState state, long optimizerSteps, Map<String, String> sha256) {
    return new StateDocument(
        FORMAT,
        sha256,
        optimizerSteps,
        state.version(),
        state.epoch(),
        state.lineage().orElse(null),
        state.inputOffsets());
  }

  CheckpointState state() {
    return new CheckpointState(version, epoch, Optional.ofNullable(lineage), inputOffsets);
  }

  void write(Path file) throws IOException {
    DurableFiles.replace(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this));
  }

  /**
   * Reads a document back.
   *
   * @throws MalformedCheckpointException if it is not one
   */
  static StateDocument read(Path file) throws IOException {
    long size = Files.size(file);
    if (size > MAX_BYTES) {
      throw new MalformedCheckpointException(
          file, "%s bytes, expected at most %s".formatted(size, MAX_BYTES));
    }
    StateDocument document;
    try {
      JsonNode tree = JSON.readTree(Files.readAllBytes(file));
      upgrade(tree);
      document = JSON.treeToValue(tree, StateDocument.class);
    } catch (JsonProcessingException e) {
      throw new MalformedCheckpointException(file, e.getOriginalMessage(), e);
    }
    if (document == null || document.format != FORMAT) {
      throw new MalformedCheckpointException(file, "is not of format " + FORMAT);
    }
    return document;
  }

  /** Makes of a document of an earlier format one of this format. */
  private static void upgrade(JsonNode tree) throws JsonProcessingException {
    // Lineages of before December 2026 name no model.
    if (tree.path("lineage") instanceof ObjectNode named && !named.has("model")) {
      named.putNull("model");
    }
    if (tree.path("format").asInt() != UNNAMED_MEMORIES) {
      return;
    }
    ((ObjectNode) tree).put("format", FORMAT);
    if (tree.path("lineage").path("direction").path("combination") instanceof ObjectNode combination
        && combination.path("memory") instanceof ArrayNode numbers) {
      double[] unnamed = JSON.treeToValue(numbers, double[].class);
      MethodMemory memory = MethodMemory.unnamed(Arrays.stream(unnamed).boxed().toList());
      combination.set("memory", JSON.valueToTree(memory));
      combination.putArray("leftOut");
    }
  }

  private static final class GramMatrixWriter extends JsonSerializer<GramMatrix> {
    @Override
    public void serialize(GramMatrix gram, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      provider.defaultSerializeValue(gram.toRows(), out);
    }
  }

  private static final class GramMatrixReader extends JsonDeserializer<GramMatrix> {
    @Override
    public GramMatrix deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      try {
        return GramMatrix.of(context.readValue(in, double[][].class));
      } catch (IllegalArgumentException e) {
        throw context.instantiationException(GramMatrix.class, e);
      }
    }
  }

  /** Checkpoints of before December 2026 have no digests of prompts. */
  private static final class RolloutReferenceReader extends JsonDeserializer<RolloutReference> {
    @Override
    public RolloutReference deserialize(JsonParser in, DeserializationContext context)
        throws IOException {
      JsonNode reference = context.readTree(in);
      for (String field : List.of("id", "digest", "promptId", "oldestVersion")) {
        if (!reference.hasNonNull(field)) {
          return context.reportInputMismatch(this, "a rollout reference lacks '%s'", field);
        }
      }
      return new RolloutReference(
          reference.get("id").asText(),
          reference.get("digest").asText(),
          reference.get("promptId").asText(),
          reference.get("oldestVersion").asLong(),
          reference.hasNonNull("promptDigest") ? reference.get("promptDigest").asText() : null);
    }
  }

  private static final class InstantWriter extends JsonSerializer<Instant> {
    @Override
    public void serialize(Instant instant, JsonGenerator out, SerializerProvider provider)
        throws IOException {
      out.writeString(instant.toString());
    }
  }

  private static final class InstantReader extends JsonDeserializer<Instant> {
    @Override
    public Instant deserialize(JsonParser in, DeserializationContext context) throws IOException {
      try {
        return Instant.parse(in.getText());
      } catch (DateTimeParseException e) {
        throw context.instantiationException(Instant.class, e);
      }
    }
  }
}
