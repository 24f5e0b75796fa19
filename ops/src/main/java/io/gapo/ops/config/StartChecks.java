package io.gapo.ops.config;

import com.typesafe.config.Config;
import io.gapo.core.port.ForUser;
import io.gapo.core.port.Stage;
import io.gapo.core.settings.InvalidSettingException;
import io.gapo.ops.config.HttpConfig.Environment;
import io.gapo.ops.config.ObjectiveConfig.LearnedModel;
import io.gapo.ops.config.ObjectiveConfig.Plugin;
import io.gapo.ops.config.ObjectiveConfig.Served;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.lora.PeftAdapter;
import io.gapo.runtime.scoring.TorchObjectiveModel;
import io.gapo.runtime.text.PreferenceText;
import io.gapo.runtime.text.TextCodec;
import io.gapo.runtime.text.UnsupportedTemplateException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether what the settings name is there and can be used, before Kafka is asked and before a
 * model is loaded: models by their configurations, headers and tokenizers, the tokens of services,
 * plug-ins. A stage would find out only when it starts, and others would have started with it.
 */
public final class StartChecks {

  private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);

  private static final String POLICY = "gapo.policy.directory";
  private static final String TEMPLATE = "gapo.sampling.template";

  private final GapoConfig config;
  private final PartSettings parts;
  private final Environment environment;

  /**
   * Looks at all that a process with these roles opens.
   *
   * @param root the settings that {@code config} was read from
   * @throws ConfigurationException naming the first setting whose thing cannot be had
   */
  public static void require(Config root, GapoConfig config, Set<Stage> roles) {
    StartChecks checks = new StartChecks(config, System::getenv);
    ConfigFiles.checking(root, () -> checks.require(roles));
  }

  /**
   * Looks at what reads prompts: the policy and the score models.
   *
   * @throws ConfigurationException as above
   */
  public static void requireModels(Config root, GapoConfig config) {
    StartChecks checks = new StartChecks(config, System::getenv);
    ConfigFiles.checking(root, checks::requireModels);
  }

  StartChecks(GapoConfig config, Environment environment) {
    this.config = config;
    this.parts = new PartSettings(config);
    this.environment = environment;
  }

  void require(Set<Stage> roles) {
    if (roles.stream().anyMatch(Stage::holdsPolicy)) {
      requirePolicy();
    }
    if (roles.contains(Stage.ROLLOUT_GENERATOR)) {
      requireReaderOfPolicy();
    }
    config.objectives().stream()
        .filter(objective -> objective.scoredBy().filter(roles::contains).isPresent())
        .forEach(this::requireObjective);
  }

  private void requireModels() {
    requirePolicy();
    requireReaderOfPolicy();
    config.objectives().stream()
        .filter(objective -> objective.scoring() instanceof LearnedModel)
        .forEach(this::requireObjective);
  }

  private void requirePolicy() {
    Path directory = config.policyPath();
    LlamaConfig policy = named(POLICY, () -> LlamaConfig.read(directory));
    named(
        POLICY,
        () -> {
          try (PretrainedTensors tensors = PretrainedTensors.open(directory)) {
            tensors.require(policy, OutputLayer.VOCABULARY);
            return tensors;
          }
        });
    String adapter = config.policy().adapter();
    if (!adapter.isBlank()) {
      named("gapo.policy.adapter", () -> PeftAdapter.read(Path.of(adapter), policy));
    }
  }

  private void requireReaderOfPolicy() {
    requireReader(POLICY, this::keyOfPolicysTemplate, parts::policyReader);
  }

  /** The setting that brings the policy's template, which cannot be used. */
  private String keyOfPolicysTemplate() {
    if (parts.sampler().template().isEmpty()) {
      return POLICY;
    }
    try {
      parts.policyReader(PreferenceText.NONE).close();
      return "gapo.sampling.preference-template";
    } catch (UnsupportedTemplateException e) {
      return TEMPLATE;
    }
  }

  private void requireObjective(ObjectiveConfig objective) {
    String key = config.key(objective);
    if (objective.scoring() instanceof LearnedModel model) {
      requireScoreModel(key + ".model", model);
    } else if (objective.scoring() instanceof Served served) {
      named(key + ".http", () -> served.http().token(environment));
    } else if (objective.scoring() instanceof Plugin plugin) {
      named(key + ".plugin", () -> Plugins.find(plugin.name()));
    }
  }

  private void requireScoreModel(String block, LearnedModel model) {
    String key = block + ".directory";
    if (!Files.isDirectory(model.directory())) {
      throw GapoConfig.noDirectory(
          key, model.directory(), "config.json, model.safetensors and tokenizer.json");
    }
    named(
        key,
        () -> {
          TorchObjectiveModel.require(model.directory());
          return model;
        });
    String template =
        model.template().isPresent()
            ? block + ".template"
            : parts.sampler().template().map(shared -> TEMPLATE).orElse(key);
    requireReader(key, () -> template, () -> parts.scorerReader(model));
  }

  /** Warns of what may not be meant, too. */
  private static void requireReader(
      String model, Supplier<String> template, Supplier<TextCodec> reader) {
    TextCodec opened =
        named(
            model,
            () -> {
              try {
                return reader.get();
              } catch (UnsupportedTemplateException e) {
                throw new ConfigurationException(template.get(), e);
              }
            });
    try (TextCodec codec = opened) {
      codec.doubts().forEach(LOG::warn);
    }
  }

  /** What a check gives, or why it fails under the name of the setting. */
  private static <T> T named(String key, Supplier<T> check) {
    try {
      return check.get();
    } catch (ConfigurationException e) {
      throw e;
    } catch (InvalidSettingException e) {
      throw new ConfigurationException(key + "." + e.setting(), e.problem());
    } catch (RuntimeException e) {
      throw e instanceof ForUser || e instanceof UncheckedIOException
          ? new ConfigurationException(key, e)
          : e;
    }
  }
}
