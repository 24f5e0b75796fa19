package io.gapo.objectives.rule;

import com.google.re2j.Pattern;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.regex.RegularExpression;
import io.gapo.core.port.Failures;
import io.gapo.core.settings.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A JSON schema (2020-12 where it does not say otherwise). It loads nothing from elsewhere, and its
 * patterns are RE2's, which no response makes slow.
 *
 * @param file where it was read from; two schemas of one file are the same
 */
public record JsonSchema(Path file, Schema schema) {

  private static final SchemaRegistryConfig CONFIG =
      SchemaRegistryConfig.builder().regularExpressionFactory(JsonSchema::linear).build();

  /** Reads a schema, refusing a file that holds none. */
  public static JsonSchema read(Path file) {
    try {
      Schema schema =
          SchemaRegistry.withDefaultDialect(
                  SpecificationVersion.DRAFT_2020_12,
                  registry -> registry.schemaRegistryConfig(CONFIG))
              .getSchema(Files.readString(file), InputFormat.JSON);
      schema.initializeValidators();
      return new JsonSchema(file, schema);
    } catch (IOException e) {
      throw new InvalidSettingException(
          "schema", "cannot be read: %s (%s)".formatted(file, Failures.reason(e)));
    } catch (RuntimeException e) {
      // The library's own, its JSON reader's and the patterns' have no other type in common.
      throw new InvalidSettingException(
          "schema", "%s is no JSON schema: %s".formatted(file, Failures.reason(e)));
    }
  }

  private static RegularExpression linear(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return text -> compiled.matcher(text).find();
  }

  /** Whether a text, which is JSON, fits. */
  boolean accepts(String json) {
    return schema.validate(json, InputFormat.JSON).isEmpty();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof JsonSchema that && file.equals(that.file);
  }

  @Override
  public int hashCode() {
    return file.hashCode();
  }
}
