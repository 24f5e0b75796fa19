package io.gapo.runtime.lora;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.runtime.files.DurableFiles;
import io.gapo.runtime.files.ForeignFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * {@code adapter_config.json} as peft writes it for LoRA.
 *
 * <p>Only what is known to mean nothing here is passed over: any other setting that is neither
 * null, false nor empty is refused by its name, those of a peft to come included.
 */
final class AdapterConfigJson {

  /** Hundreds of times what the largest adapters need. */
  private static final int MAX_BYTES = 10_000_000;

  private static final Set<String> READ = Set.of("r", "lora_alpha", "target_modules");

  /** Keys that say how the adapter was made or trained, not what it computes. */
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "auto_mapping",
          "base_model_name_or_path",
          "eva_config",
          "inference_mode",
          "lora_dropout",
          "megatron_core",
          "peft_version",
          "qalora_group_size",
          "revision");

  private static final Map<String, Set<String>> ALLOWED =
      Map.of(
          "peft_type", Set.of("LORA"),
          "task_type", Set.of("CAUSAL_LM"),
          "bias", Set.of("none"),
          // Others, such as pissa and olora, change the model that the adapter adds to.
          "init_lora_weights", Set.of("true", "gaussian", "orthogonal", "eva"));

  private final Path file;
  private final JsonNode json;

  private AdapterConfigJson(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
  }

  static LoraSettings read(Path file) {
    try {
      JsonNode json = new ObjectMapper().readTree(ForeignFile.read(file, MAX_BYTES));
      if (json == null || !json.isObject()) {
        throw new UnsupportedAdapterException(file, "expected a JSON object");
      }
      return new AdapterConfigJson(file, json).settings();
    } catch (NoSuchFileException e) {
      throw new UncheckedIOException(file + " does not exist: is this an adapter's directory?", e);
    } catch (JsonProcessingException e) {
      throw new UnsupportedAdapterException(file, "not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private LoraSettings settings() {
    if (!json.path("peft_type").asText().equals("LORA")) {
      throw unsupported("peft_type");
    }
    json.properties().forEach(field -> requireSupported(field.getKey(), field.getValue()));
    try {
      return new LoraSettings(rank(), alpha(), targets());
    } catch (IllegalArgumentException e) {
      throw new UnsupportedAdapterException(file, String.valueOf(e.getMessage()));
    }
  }

  private void requireSupported(String key, JsonNode value) {
    boolean off =
        value.isNull() || (value.isBoolean() && !value.asBoolean()) || isEmptyContainer(value);
    Set<String> allowed = ALLOWED.getOrDefault(key, Set.of());
    if (!off
        && !READ.contains(key)
        && !WITHOUT_EFFECT.contains(key)
        && !allowed.contains(value.asText())) {
      throw unsupported(key);
    }
  }

  private static boolean isEmptyContainer(JsonNode value) {
    return value.isContainerNode() && value.isEmpty();
  }

  private UnsupportedAdapterException unsupported(String key) {
    String value = json.has(key) ? json.path(key).toString() : "missing";
    return new UnsupportedAdapterException(
        file, "%s is %s, which is not supported".formatted(key, value));
  }

  private int rank() {
    JsonNode value = json.path("r");
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw unsupported("r");
    }
    return value.asInt();
  }

  private double alpha() {
    if (!json.path("lora_alpha").isNumber()) {
      throw unsupported("lora_alpha");
    }
    return json.path("lora_alpha").asDouble();
  }

  /** Names of modules, with or without what they lie in. */
  private List<String> targets() {
    if (!json.path("target_modules").isArray()) {
      throw new UnsupportedAdapterException(
          file,
          "target_modules is %s, which is not supported: list the names"
              .formatted(json.path("target_modules")));
    }
    List<String> targets = new ArrayList<>();
    for (JsonNode module : json.path("target_modules")) {
      String path = module.asText();
      targets.add(path.substring(path.lastIndexOf('.') + 1));
    }
    return targets;
  }

  static void write(Path file, LoraSettings settings, Path base) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    json.put("base_model_name_or_path", base.toAbsolutePath().normalize().toString());
    json.put("bias", "none");
    json.put("fan_in_fan_out", false);
    json.put("inference_mode", true);
    json.put("lora_alpha", settings.alpha());
    json.put("lora_dropout", 0.0);
    json.putNull("modules_to_save");
    json.put("peft_type", "LORA");
    json.put("r", settings.rank());
    json.put("task_type", "CAUSAL_LM");
    settings.targets().forEach(json.putArray("target_modules")::add);
    json.put("use_dora", false);
    json.put("use_rslora", false);
    DurableFiles.replace(file, mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(json));
  }
}
