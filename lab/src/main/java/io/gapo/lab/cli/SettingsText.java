package io.gapo.lab.cli;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import io.gapo.ops.config.ConfigFiles;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings that a report was made with. */
final class SettingsText {

  private SettingsText() {}

  /** HOCON without secrets, and without how Kafka was reached, which no figure depends on. */
  static String of(Config root) {
    Map<String, Object> published = new LinkedHashMap<>(ConfigFiles.published(root));
    published.remove("kafka");
    return ConfigFactory.parseMap(published)
        .root()
        .render(ConfigRenderOptions.concise().setFormatted(true).setJson(false));
  }
}
