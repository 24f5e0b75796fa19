package io.gapo.runtime.llama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.gapo.runtime.files.ForeignFile;
import io.gapo.runtime.safetensors.MalformedCheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code model.safetensors.index.json}: which file of a sharded model holds which tensor.
 *
 * @param file for messages
 * @param shardOfTensor plain file names of safetensors files beside the index
 */
record ShardIndex(Path file, Map<String, String> shardOfTensor) {

  static final String FILE = "model.safetensors.index.json";

  /** Hundreds of times what the largest models need. */
  private static final int MAX_BYTES = 100_000_000;

  private static final String WEIGHT_MAP = "weight_map";
  private static final String SUFFIX = ".safetensors";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  /**
   * Reads an index, and believes no file name in it that leads out of its directory.
   *
   * @throws MalformedCheckpointException if it is not one
   */
  static ShardIndex read(Path file) {
    JsonNode map = parse(file).path(WEIGHT_MAP);
    if (!map.isObject() || map.isEmpty()) {
      throw new MalformedCheckpointException(
          file, "weight_map is missing or empty: this is not the index of a sharded model");
    }
    Map<String, String> shards = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      if (!entry.getValue().isTextual()) {
        throw MalformedCheckpointException.inTensor(
            file, entry.getKey(), "is in %s, expected a file name".formatted(entry.getValue()));
      }
      shards.put(entry.getKey(), plain(file, entry.getKey(), entry.getValue().textValue()));
    }
    return new ShardIndex(file, shards);
  }

  private static JsonNode parse(Path file) {
    try {
      return JSON.readTree(ForeignFile.read(file, MAX_BYTES));
    } catch (JsonProcessingException e) {
      throw new MalformedCheckpointException(
          file, "not JSON, download it again: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private static String plain(Path file, String tensor, String shard) {
    boolean leadsElsewhere =
        shard.indexOf('/') >= 0 || shard.indexOf('\\') >= 0 || shard.indexOf('\0') >= 0;
    if (leadsElsewhere) {
      throw MalformedCheckpointException.inTensor(
          file,
          tensor,
          "is in '%s', a file outside its directory; shards lie beside the index"
              .formatted(shard.replace('\0', '?')));
    }
    if (!shard.endsWith(SUFFIX)) {
      throw MalformedCheckpointException.inTensor(
          file,
          tensor,
          "is in '%s', expected a %s file: no other format is read".formatted(shard, SUFFIX));
    }
    try {
      return String.valueOf(file.resolveSibling(shard).getFileName());
    } catch (InvalidPathException e) {
      throw MalformedCheckpointException.inTensor(
          file, tensor, "is in a file whose name cannot be one here: " + e.getMessage());
    }
  }
}
