package io.gapo.lab.demo;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.gapo.core.port.ForUser;
import io.gapo.ops.policy.Checkout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The models that the demo trains with: those in directory {@code demo} of the checkout, or the
 * user's.
 *
 * @param foreign whether the policy is the user's
 */
public record DemoModels(Path policy, Path reward, Path cost, boolean foreign) {

  /** The directory with the demo's own policy, reward and cost model. */
  public static Path directory() {
    return Checkout.demo();
  }

  /**
   * The demo's own models.
   *
   * @throws MissingModelsException if one is not there
   */
  public static DemoModels own() {
    return with(null, null, null);
  }

  /**
   * The user's models, and the demo's own where there is none.
   *
   * @throws MissingModelsException if one of the demo's own is needed and not there
   */
  public static DemoModels with(@Nullable Path policy, @Nullable Path reward, @Nullable Path cost) {
    return new DemoModels(
        policy == null ? own(Bootstrap.Phase.POLICY) : policy,
        reward == null ? own(Bootstrap.Phase.REWARD) : reward,
        cost == null ? own(Bootstrap.Phase.COST) : cost,
        policy != null);
  }

  private static Path own(Bootstrap.Phase phase) {
    Path model = directory().resolve(phase.directory());
    if (!Files.isRegularFile(model.resolve("model.safetensors"))) {
      throw new MissingModelsException(directory());
    }
    return model;
  }

  /** The demo's settings, by key: weaker than what the user says, stronger than the defaults. */
  public Map<String, Object> settings() {
    Config demo = ConfigFactory.parseResources("demo.conf");
    Config settings =
        foreign ? ConfigFactory.parseResources("demo-foreign.conf").withFallback(demo) : demo;
    Map<String, String> places =
        Map.of(
            "demo.policy", policy.toAbsolutePath().toString(),
            "demo.reward", reward.toAbsolutePath().toString(),
            "demo.cost", cost.toAbsolutePath().toString());
    return new LinkedHashMap<>(
        settings.resolveWith(ConfigFactory.parseMap(places)).root().unwrapped());
  }

  /** The demo's models are not where they should be. */
  public static final class MissingModelsException extends RuntimeException implements ForUser {

    private static final long serialVersionUID = 1L;

    MissingModelsException(Path directory) {
      super("there are no models in %s: make them with 'gapo bootstrap'".formatted(directory));
    }
  }
}
