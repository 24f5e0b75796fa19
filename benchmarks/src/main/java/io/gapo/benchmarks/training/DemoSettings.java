package io.gapo.benchmarks.training;

import com.typesafe.config.Config;
import io.gapo.lab.demo.DemoModels;
import io.gapo.lab.world.Split;
import io.gapo.lab.world.World;
import io.gapo.lab.world.WorldPrompt;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.GapoConfig;
import io.gapo.runtime.torch.TorchSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The demo's models, settings and prompts. */
final class DemoSettings {

  private DemoSettings() {}

  static Config of(Path checkpoints, String servers, TorchSettings torch) {
    Map<String, Object> settings = DemoModels.own().settings();
    settings.put("gapo.kafka.bootstrap-servers", servers);
    settings.put("gapo.training.checkpoint-directory", checkpoints.toString());
    settings.put("gapo.metrics.port", 0);
    settings.put("gapo.runtime.device", torch.device());
    settings.put("gapo.runtime.dtype", torch.dataType().name().toLowerCase(Locale.ROOT));
    settings.put("gapo.runtime.threads", torch.threads());
    return ConfigFiles.load(Optional.empty(), settings, Map.of());
  }

  /** Those that the demo feeds. */
  static List<String> prompts() {
    long seed =
        GapoConfig.from(of(Path.of("unused"), "127.0.0.1:9", TorchSettings.cpu(1)))
            .generator()
            .stage()
            .runSeed();
    return new World()
        .prompts(Split.TRAIN, 4000, 17 + seed).stream().map(WorldPrompt::text).toList();
  }
}
