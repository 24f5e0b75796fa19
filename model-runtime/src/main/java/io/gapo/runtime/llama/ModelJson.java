package io.gapo.runtime.llama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.runtime.files.ForeignFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A JSON object in a model's directory. A value of another type than is asked for is refused by its
 * key, never converted; a key whose value is null counts as missing.
 */
public final class ModelJson {

  /** Hundreds of times what the largest models need. */
  private static final int MAX_BYTES = 10_000_000;

  private final Path file;

  /** The names of the objects that this one lies in, with their dots. */
  private final String prefix;

  private final JsonNode json;

  private ModelJson(Path file, String prefix, JsonNode json) {
    this.file = file;
    this.prefix = prefix;
    this.json = json;
  }

  /**
   * Reads a file.
   *
   * @throws UnsupportedModelException if it does not hold a JSON object
   * @throws UncheckedIOException if it cannot be read
   */
  public static ModelJson read(Path file) {
    try {
      JsonNode json = new ObjectMapper().readTree(ForeignFile.read(file, MAX_BYTES));
      if (json == null || !json.isObject()) {
        throw new UnsupportedModelException(file, "expected a JSON object");
      }
      return new ModelJson(file, "", json);
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException(file + " does not exist: is this a model's directory?", e);
    } catch (JsonProcessingException e) {
      throw new UnsupportedModelException(file, "not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Reads a file that may be missing. */
  static Optional<ModelJson> readIfThere(Path file) {
    // A link that leads nowhere is there, and a mistake.
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(read(file))
        : Optional.empty();
  }

  /** For messages. */
  Path file() {
    return file;
  }

  /** The value as it is, for those who look at its type themselves. */
  JsonNode value(String key) {
    return json.path(key);
  }

  boolean has(String key) {
    JsonNode value = json.path(key);
    return !value.isMissingNode() && !value.isNull();
  }

  /** The keys in this object whose values are not null. */
  long size() {
    return json.properties().stream().filter(entry -> !entry.getValue().isNull()).count();
  }

  /** An object within this one, without any key if it is missing. */
  ModelJson object(String key) {
    if (has(key) && !value(key).isObject()) {
      throw refusal(key, "expected an object");
    }
    ObjectNode empty = new ObjectMapper().createObjectNode();
    return new ModelJson(file, prefix + key + ".", has(key) ? value(key) : empty);
  }

  /** A boolean, false if it is missing. */
  public boolean flag(String key) {
    if (has(key) && !value(key).isBoolean()) {
      throw refusal(key, "expected true or false");
    }
    return value(key).asBoolean(false);
  }

  /** A string. */
  public String text(String key, String missing) {
    if (has(key) && !value(key).isTextual()) {
      throw refusal(key, "expected a string");
    }
    return value(key).asText(missing);
  }

  /** An integer, 8192.0 too. */
  int integer(String key) {
    double number = value(key).asDouble(Double.NaN);
    if (!value(key).isNumber() || number != (int) number) {
      throw refusal(key, "expected an integer");
    }
    return (int) number;
  }

  int integer(String key, int missing) {
    return has(key) ? integer(key) : missing;
  }

  /** A number within the range of single precision, which models are computed in. */
  double number(String key) {
    JsonNode value = value(key);
    if (!value.isNumber()) {
      throw refusal(key, "expected a number");
    }
    double number = value.asDouble();
    float single = (float) number;
    if (!Float.isFinite(single) || (single == 0 && number != 0)) {
      throw refusal(key, "expected a number that float32 can hold");
    }
    return number;
  }

  double number(String key, double missing) {
    return has(key) ? number(key) : missing;
  }

  /** What to throw for a key. */
  UnsupportedModelException refusal(String key, String why) {
    return new UnsupportedModelException(
        file,
        value(key).isMissingNode()
            ? "%s%s is missing".formatted(prefix, key)
            : "%s%s is %s, %s".formatted(prefix, key, value(key), why));
  }
}
