package io.gapo.ops.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFilesTest {

  @Test
  void prefersOverridesToTheFileAndTheFileToTheDefaults(@TempDir Path directory)
      throws IOException {
    Path file = write(directory, "gapo.sampling { slots = 8, seed = 5 }");

    Config config =
        ConfigFiles.load(
            Optional.of(file),
            Map.of("gapo.sampling.seed", "7"),
            Map.of("gapo.sampling.slots", 16, "gapo.sampling.max-prompt-tokens", 99));

    assertThat(config.getInt("gapo.sampling.slots")).isEqualTo(8);
    assertThat(config.getLong("gapo.sampling.seed")).isEqualTo(7);
    assertThat(config.getInt("gapo.sampling.max-prompt-tokens")).isEqualTo(99);
    assertThat(config.getInt("gapo.sampling.samples-per-prompt")).isEqualTo(4);
  }

  @Test
  void includesOtherFilesAndBringsAkkasSettings(@TempDir Path directory) throws IOException {
    Files.writeString(directory.resolve("more.conf"), "gapo.shutdown.drain-timeout = 5s");
    Path file = write(directory, "include \"more.conf\"");

    Config config = ConfigFiles.load(Optional.of(file), Map.of(), Map.of());

    assertThat(config.getDuration("gapo.shutdown.drain-timeout")).hasSeconds(5);
    assertThat(config.getBoolean("akka.coordinated-shutdown.exit-jvm")).isFalse();
    assertThat(config.getString("model-dispatcher.optimizer.type")).isEqualTo("PinnedDispatcher");
  }

  @Test
  void leavesItToTheCommandToStopTheActorsAfterTheStreams() {
    Config config = ConfigFiles.load(Optional.empty(), Map.of(), Map.of());

    assertThat(config.getBoolean("akka.coordinated-shutdown.run-by-jvm-shutdown-hook")).isFalse();
  }

  @Test
  void givesTheLogOfABusyMachineAMinuteToStart() {
    Config config = ConfigFiles.load(Optional.empty(), Map.of(), Map.of());

    assertThat(config.getDuration("akka.logger-startup-timeout")).hasMinutes(1);
  }

  @Test
  void includesOtherFilesWhereTheFileIsNamedWithoutADirectory() throws IOException {
    Path workingDirectory = Path.of("").toAbsolutePath();
    Path included = Files.createTempFile(workingDirectory, "more", ".conf");
    Path file = Files.createTempFile(workingDirectory, "my", ".conf");
    try {
      Files.writeString(included, "gapo.sampling.slots = 12");
      Files.writeString(file, "include \"%s\"".formatted(included.getFileName()));

      Config config = ConfigFiles.load(Optional.of(file.getFileName()), Map.of(), Map.of());

      assertThat(config.getInt("gapo.sampling.slots")).isEqualTo(12);
    } finally {
      Files.delete(file);
      Files.delete(included);
    }
  }

  @Test
  void namesEveryUnknownKeyItsPlaceAndWhatMayBeMeant(@TempDir Path directory) throws IOException {
    Path file =
        write(
            directory,
            """
            gapo.sampling.temprature = 2
            gapo.smpling.slots = 2
            gapo.objectives = [{ name = a, socred-by = cost-scorer, rule { kind = conciseness, at-the-most = 3 } }]
            """);

    assertThatThrownBy(() -> ConfigFiles.load(Optional.of(file), Map.of(), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("gapo.sampling.temprature is not a setting")
        .hasMessageContaining("my.conf: 1")
        .hasMessageContaining("did you mean gapo.sampling.temperature?")
        .hasMessageContaining("did you mean gapo.sampling?")
        .hasMessageContaining("did you mean gapo.objectives[0].scored-by?")
        .hasMessageContaining("gapo.objectives[0].rule.at-the-most is not a setting")
        .hasMessageContaining("gapo.objectives[0].rule has forbidden, ignore-case, kind");
  }

  @Test
  void leavesAkkasKeysAndTheClientsPropertiesAlone(@TempDir Path directory) throws IOException {
    Path file = write(directory, "akka.my.own = 1, gapo.kafka.client.any.thing = 2");

    Config config = ConfigFiles.load(Optional.of(file), Map.of("akka.loglevel", "DEBUG"), Map.of());

    assertThat(config.getInt("akka.my.own")).isEqualTo(1);
    assertThat(config.getString("akka.loglevel")).isEqualTo("DEBUG");
    // A system property of every JVM.
    assertThat(config.getString("java.io.tmpdir")).isNotEmpty();
  }

  @Test
  void refusesKeysOutsideOfGapoThatNobodyReads(@TempDir Path directory) throws IOException {
    assertRefused(
        write(directory, "training.batch-size = 3"),
        "training is not a setting (",
        "my.conf: 1): did you mean gapo.training?");
    assertRefused(
        write(directory, "\"gapo.training.batch-size\" = 3"),
        "\"gapo.training.batch-size\" is not a setting (",
        "my.conf: 1): write gapo.training.batch-size without quotes");
    assertRefused(
        write(directory, "gapo2.own = 3"), "gapo2 is not a setting (", "settings begin with gapo");
    assertThatThrownBy(() -> ConfigFiles.load(Optional.empty(), Map.of("mine", 3), Map.of()))
        .hasMessageStartingWith("mine is not a setting (command line): settings begin with gapo");
    assertThatThrownBy(
            () -> ConfigFiles.load(Optional.empty(), Map.of("training.batch-size", 3), Map.of()))
        .hasMessage("training is not a setting (command line): did you mean gapo.training?");
  }

  @Test
  void takesAFilesOwnKeysForSubstitutions(@TempDir Path directory) throws IOException {
    Path file =
        write(directory, "models = \"/models\", gapo.policy.directory = ${models}\"/policy\"");

    assertThat(
            ConfigFiles.load(Optional.of(file), Map.of(), Map.of())
                .getString("gapo.policy.directory"))
        .isEqualTo("/models/policy");
  }

  @Test
  void refusesAValueInThePlaceOfABlock(@TempDir Path directory) throws IOException {
    assertRefused(
        write(directory, "gapo = 3"), "gapo must be a block of settings, was 3 (", "my.conf: 1)");
    assertRefused(
        write(directory, "gapo.shutdown = 3"),
        "gapo.shutdown must be a block of settings, was 3",
        "as gapo.shutdown.drain-timeout");
    assertRefused(
        write(directory, "gapo.kafka.client = x"),
        "gapo.kafka.client must be a block of settings, was \"x\"",
        "set its keys below it");
    assertThatThrownBy(() -> ConfigFiles.load(Optional.empty(), Map.of("gapo", "3"), Map.of()))
        .hasMessageStartingWith("gapo must be a block of settings, was \"3\" (command line)");
  }

  @Test
  void takesABlockFromASubstitution(@TempDir Path directory) throws IOException {
    Path file =
        write(directory, "gapo.sampling = ${gapo.sampling} { slots = 9 }, gapo.sampling.seed = 5");

    assertThat(
            ConfigFiles.load(Optional.of(file), Map.of(), Map.of()).getInt("gapo.sampling.slots"))
        .isEqualTo(9);
  }

  private static void assertRefused(Path file, String start, String further) {
    assertThatThrownBy(() -> ConfigFiles.load(Optional.of(file), Map.of(), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(start)
        .hasMessageContaining(further);
  }

  @Test
  void masksSecretsInWhatItPublishes(@TempDir Path directory) throws IOException {
    Path file =
        write(
            directory,
            """
            gapo.kafka.client { sasl.jaas.config = hush, "ssl.key.password" = hush }
            gapo.objectives = [
              { name = a, http { url = "https://scorer/score?key=hush&b=hush" } }
              { name = b, http { url = "https://scorer/plain" } }
              { name = c, rule { kind = conciseness } }
            ]
            """);

    Map<String, Object> published =
        ConfigFiles.published(ConfigFiles.load(Optional.of(file), Map.of(), Map.of()));

    assertThat(published.toString())
        .contains("sasl", "samples-per-prompt")
        .contains("url=https://scorer/score?***", "url=https://scorer/plain", "conciseness")
        .doesNotContain("hush");
  }

  @Test
  void saysThatThereIsNoSuchFile(@TempDir Path directory) {
    Path file = directory.resolve("absent.conf");

    assertThatThrownBy(() -> ConfigFiles.load(Optional.of(file), Map.of(), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("there is no settings file " + file);
  }

  @Test
  void saysWhereAFileCannotBeParsed(@TempDir Path directory) throws IOException {
    Path file = write(directory, "gapo {\n  kafka = [\n}");

    assertThatThrownBy(() -> ConfigFiles.load(Optional.of(file), Map.of(), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("cannot understand the settings")
        .hasMessageContaining("my.conf: 3");
  }

  @Test
  void saysThatASubstitutionHasNoValue(@TempDir Path directory) throws IOException {
    Path file = write(directory, "gapo.instance = ${NO_SUCH_VARIABLE_ANYWHERE}");

    assertThatThrownBy(() -> ConfigFiles.load(Optional.of(file), Map.of(), Map.of()))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("NO_SUCH_VARIABLE_ANYWHERE");
  }

  private static Path write(Path directory, String settings) throws IOException {
    return Files.writeString(directory.resolve("my.conf"), settings);
  }
}
