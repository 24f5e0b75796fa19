package io.gapo.ops.model;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import io.gapo.core.port.Stage;
import io.gapo.hub.FetchedModel;
import io.gapo.hub.HubException;
import io.gapo.hub.HubModel;
import io.gapo.hub.ModelHub;
import io.gapo.hub.ProgressLines;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.GapoConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the models that the settings name, and puts their directories in the names' place, so
 * that whoever reads the settings finds directories only. A process fetches each name once, and
 * keeps to the commit that it stood for.
 */
public final class NamedModels {

  private static final Logger LOG = LoggerFactory.getLogger(NamedModels.class);

  private static final String OBJECTIVES = "gapo.objectives";
  private static final String DIRECTORY = "model.directory";

  private final Map<String, String> environment;
  private final Map<HubModel, FetchedModel> fetched = new HashMap<>();
  private Optional<ModelHub> hub = Optional.empty();

  /**
   * Of the hub that an environment names; see {@link ModelHub#fromEnvironment}.
   *
   * @param environment by variable
   */
  public NamedModels(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Of the hub that this process's environment names. */
  public static NamedModels fromEnvironment() {
    return new NamedModels(System.getenv());
  }

  /**
   * Settings in which directories stand for the names of all models.
   *
   * @throws ConfigurationException naming the setting whose model cannot be had, or any that is
   *     wrong, before a model is loaded
   */
  public Config resolve(Config root) {
    return resolve(root, EnumSet.allOf(Stage.class));
  }

  /**
   * The same for the models that some roles open; other names stay.
   *
   * @throws ConfigurationException as above
   */
  public Config resolve(Config root, Set<Stage> roles) {
    GapoConfig.from(root);
    return ConfigFiles.locating(root, () -> withDirectories(root, roles));
  }

  private Config withDirectories(Config root, Set<Stage> roles) {
    Config resolved = root;
    if (roles.stream().anyMatch(Stage::holdsPolicy)) {
      for (String key : List.of("gapo.policy.directory", "gapo.policy.adapter")) {
        resolved = withDirectory(resolved, key, key);
      }
    }
    List<Object> blocks = new ArrayList<>();
    boolean changed = false;
    for (Config block : root.getConfigList(OBJECTIVES)) {
      Config objective =
          isScoredBy(block, roles)
              ? withDirectory(
                  block, DIRECTORY, "%s[%s].%s".formatted(OBJECTIVES, blocks.size(), DIRECTORY))
              : block;
      changed |= !objective.equals(block);
      blocks.add(objective.root());
    }
    return changed
        ? resolved.withValue(
            OBJECTIVES,
            ConfigValueFactory.fromIterable(blocks).withOrigin(root.getValue(OBJECTIVES).origin()))
        : resolved;
  }

  private static boolean isScoredBy(Config objective, Set<Stage> roles) {
    return objective.hasPath(DIRECTORY)
        && roles.stream().anyMatch(role -> role.text().equals(objective.getString("scored-by")));
  }

  /**
   * One setting.
   *
   * @param path in the configuration
   * @param key for messages
   */
  private Config withDirectory(Config config, String path, String key) {
    Optional<HubModel> model = HubModel.parse(config.getString(path));
    if (model.isEmpty()) {
      return config;
    }
    ConfigValue before = config.getValue(path);
    return config.withValue(
        path,
        ConfigValueFactory.fromAnyRef(fetch(key, model.get()).directory().toString())
            .withOrigin(before.origin()));
  }

  /**
   * The directory of a model that an option names.
   *
   * @param option for messages
   * @param named a directory, or a name on the hub
   * @throws ConfigurationException if the model cannot be had
   */
  public Path directory(String option, String named) {
    return HubModel.parse(named)
        .map(model -> fetch(option, model).directory())
        .orElseGet(() -> Path.of(named));
  }

  private FetchedModel fetch(String key, HubModel model) {
    FetchedModel known = fetched.get(model);
    if (known != null) {
      return known;
    }
    try {
      ModelHub its = hub.orElseGet(() -> ModelHub.fromEnvironment(environment));
      hub = Optional.of(its);
      FetchedModel now = its.fetch(model, new ProgressLines(model, LOG::info, System::nanoTime));
      LOG.info("{} {} is commit {}, in {}", key, model, now.commit(), now.directory());
      fetched.put(model, now);
      return now;
    } catch (HubException e) {
      throw new ConfigurationException(
          key,
          "%s is no directory here, and as a model's name on the hub it cannot be had: %s"
              .formatted(model.repository(), e.getMessage()));
    }
  }
}
