package io.gapo.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.core.lineage.CheckpointState;
import io.gapo.core.policy.PolicyVersion;
import io.gapo.lab.compare.ComparisonPlan;
import io.gapo.lab.compare.Contestant;
import io.gapo.ops.cli.Gapo;
import io.gapo.ops.cli.SettingsOptions;
import io.gapo.ops.cli.Shell;
import io.gapo.ops.config.CombinationMethod;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.ConfigurationException;
import io.gapo.ops.config.GapoConfig;
import io.gapo.runtime.checkpoint.Checkpoint;
import io.gapo.runtime.checkpoint.CheckpointDirectory;
import io.gapo.runtime.safetensors.TensorValues;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class GapoTest {

  private final Shell shell = new Shell();

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHelps(CommandLine command) {
    String[] words = (command.getCommandSpec().qualifiedName() + " --help").split(" ", -1);

    int exitCode = shell.run(Arrays.copyOfRange(words, 1, words.length));

    assertThat(exitCode).isZero();
    assertThat(shell.out()).contains("Usage: " + command.getCommandSpec().qualifiedName());
    assertThat(command.getCommandSpec().usageMessage().description()).isNotEmpty();
    assertThat(shell.err()).isEmpty();
  }

  static Stream<CommandLine> commands() {
    return withSubcommands(Gapo.commandLine());
  }

  private static Stream<CommandLine> withSubcommands(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream().flatMap(GapoTest::withSubcommands));
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "run"})
  void theHelpOfATrainingCommandNamesEveryMethod(String command) {
    shell.run(command, "--help");

    assertThat(words(shell.out()))
        .containsAll(CombinationMethod.all().map(CombinationMethod::spelling).toList());
  }

  @Test
  void theHelpOfCompareNamesEveryMethodThatItTrains() {
    shell.run("compare", "--help");

    assertThat(words(shell.out()))
        .containsAll(Contestant.spellings())
        .containsAll(ComparisonPlan.FRONTIER_METHODS);
  }

  @Test
  void refusesToCompareWhatAProcessOutsideScores() {
    Map<String, Object> settings =
        Map.of("gapo.objectives", List.of(Map.of("name", "brief", "external", Map.of())));
    GapoConfig config = GapoConfig.from(ConfigFiles.load(Optional.empty(), settings, Map.of()));

    assertThatThrownBy(() -> CompareCommand.requireScorable(config))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(
            "gapo.objectives (brief): an external objective cannot be compared");
  }

  private static List<String> words(String text) {
    return Arrays.asList(text.split("[\\s,.;:()]+", -1));
  }

  @Test
  void printsTheVersion() {
    assertThat(shell.run("version")).isZero();
    assertThat(shell.out()).matches("(?s)gapo \\d+\\.\\d+.*Kafka 4\\..*PyTorch 2\\..*");
    assertThat(shell.run("--version")).isZero();
  }

  @Test
  void helpPrintsTheUsage() {
    assertThat(shell.run("help")).isZero();
    assertThat(shell.out()).contains("Usage: gapo [", "evaluate", "Exit codes:");

    assertThat(shell.run("help", "evaluate")).isZero();
    assertThat(shell.out()).contains("Usage: gapo evaluate");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evaluate --prompts 0|--prompts must be at least 1, was 0",
        "evaluate --prompts -1|--prompts must be at least 1, was -1",
        "evaluate --samples -1|--samples must be at least 0, was -1",
        "bootstrap --threads -1|--threads must be at least 0, was -1",
        "demo --prompts -1|--prompts must be at least 0, was -1",
        "evaluate --preference helpful=1,helpful=2|--preference: 'helpful' has two shares",
        "run --role optimizer --preference helpful=1,helpful=2|--preference: 'helpful' has two shares",
        "evaluate --preference helpful|--preference: expected NAME=SHARE, was 'helpful'",
        "evaluate --preference helpful=x|--preference: expected a number behind the =, was 'helpful=x'"
      })
  void refusesAWrongOptionByItsName(String commandAndComplaint) {
    String[] parts = commandAndComplaint.split("\\|", -1);

    assertThat(shell.run(parts[0].split(" ", -1))).isEqualTo(2);

    assertThat(shell.err()).contains(parts[1]).doesNotContain("may be a fault");
  }

  @Test
  void asksForACommand() {
    assertThat(shell.run()).isEqualTo(2);
    assertThat(shell.err())
        .isEqualToNormalizingNewlines("gapo: Missing command\nTry 'gapo --help'.\n");
  }

  @Test
  void suggestsWhatMayBeMeant() {
    assertThat(shell.run("fed", "x.jsonl")).isEqualTo(2);
    assertThat(shell.err()).contains("gapo feed").contains("Try 'gapo --help'.");
  }

  @Test
  void namesAWrongOptionWithItsCommand() {
    assertThat(shell.run("feed", "--rw", "-")).isEqualTo(2);
    assertThat(shell.err()).startsWith("gapo feed: Unknown option: '--rw'");
  }

  @Test
  void namesAFileThatIsNotThere(@TempDir Path directory) {
    Path file = directory.resolve("absent.jsonl");

    assertThat(shell.run("feed", file.toString())).isEqualTo(1);
    assertThat(shell.err())
        .isEqualToNormalizingNewlines(
            "gapo feed: there is no file or directory %s\n".formatted(file));
  }

  @Test
  void refusesADirectoryInPlaceOfAFile(@TempDir Path directory) {
    assertThat(shell.run("feed", directory.toString())).isEqualTo(1);
    assertThat(shell.err()).contains("is a directory: name a file");
  }

  @Test
  void namesAWrongSettingOfTheCommandLine(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("p.jsonl"), "");

    assertThat(shell.run("feed", file.toString(), "--set", "gapo.kafka.partitions=0")).isEqualTo(1);
    assertThat(shell.err())
        .isEqualToNormalizingNewlines(
            "gapo feed: gapo.kafka.partitions must be >= 1, was 0 (command line)\n");
  }

  @Test
  void namesAnUnknownSettingOfTheCommandLine(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("p.jsonl"), "");

    assertThat(shell.run("feed", file.toString(), "--set", "gapo.kafka.prefix=x")).isEqualTo(1);
    assertThat(shell.err()).contains("gapo.kafka.prefix is not a setting (command line)");
  }

  @Test
  void saysThatNoBrokerAnswersAndShowsNoStackTrace(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("p.jsonl"), "{\"prompt\": \"hi\"}\n");
    String nobody = unusedAddress();

    int exitCode =
        shell.run(
            "feed",
            file.toString(),
            "--bootstrap-servers",
            nobody,
            "--set",
            "gapo.kafka.connect-timeout=1s");

    assertThat(exitCode).isEqualTo(1);
    assertThat(shell.err())
        .contains("gapo feed: no Kafka broker answers at " + nobody + " within 1s")
        .doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rollout-generator",
        "reward-scorer",
        "gradient-collector",
        "optimizer",
        "cost-scorer,mgda-combiner,optimizer"
      })
  void endsBeforeAnyStageStartsWhereTheDeviceIsNotThere(String roles) {
    int exitCode = run(roles, "cuda:999");

    assertThat(exitCode).isEqualTo(1);
    assertThat(shell.err())
        .startsWith("gapo run: gapo.runtime.device: device 'cuda:999' cannot be used: ")
        .doesNotContain("\tat ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mgda-combiner", "cost-scorer"})
  void asksForNoDeviceWhereNothingIsComputedOnIt(String roles) {
    assertThat(run(roles, "cuda:999")).isEqualTo(1);
    assertThat(shell.err()).contains("no Kafka broker answers");
  }

  @Test
  void endsBeforeAnyStageStartsWhereTheOptimizerCannotContinue(@TempDir Path checkpoints) {
    CheckpointState state =
        new CheckpointState(PolicyVersion.INITIAL, 1, Optional.empty(), Map.of());
    try (CheckpointDirectory directory = CheckpointDirectory.open(checkpoints, 1)) {
      directory.save(
          new Checkpoint(
              state,
              List.of(TensorValues.tensor("value_heads.brief.bias", new long[] {1}, 0)),
              List.of(),
              1,
              Optional.empty()));
    }

    int exitCode =
        run(
            "mgda-combiner,optimizer",
            "cpu",
            "--set",
            "gapo.training.checkpoint-directory=" + checkpoints);

    assertThat(exitCode).isEqualTo(1);
    assertThat(shell.err())
        .contains("gapo.objectives was [brief] and is now [helpful, concise]")
        .doesNotContain("Kafka");
  }

  /**
   * Runs roles for a helpful objective that a model scores and a concise one that a rule scores.
   */
  private int run(String roles, String device, String... further) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "run",
                "--role",
                roles,
                "--set",
                "gapo.runtime.device=" + device,
                "--set",
                "gapo.policy.directory=" + Path.of("..", "demo", "policy"),
                "--set",
                "gapo.sampling.max-prompt-tokens=64",
                "--set",
                "gapo.sampling.template=USER: {prompt} ASSISTANT:",
                "--set",
                "gapo.sampling.max-response-tokens=64",
                "--set",
                "gapo.objectives=[{name=helpful, scored-by=reward-scorer, model={directory=../demo/reward}},"
                    + " {name=concise, scored-by=cost-scorer, rule={kind=conciseness}}]",
                "--set",
                "gapo.kafka.bootstrap-servers=127.0.0.1:9",
                "--set",
                "gapo.kafka.connect-timeout=1s",
                "--set",
                "gapo.metrics.port=0"));
    words.addAll(List.of(further));
    return shell.run(words.toArray(String[]::new));
  }

  @Test
  void showsTheStackTraceOnlyWhenAskedTo(@TempDir Path directory) {
    assertThat(shell.run("feed", directory.toString(), "--stacktrace")).isEqualTo(1);
    assertThat(shell.err()).contains("UnreadableFileException").contains("\tat io.gapo.ops.cli");
  }

  @Test
  void readsListsFromTheCommandLine() {
    SettingsOptions options = new SettingsOptions();
    new CommandLine(
            CommandSpec.create().addMixin("settings", CommandSpec.forAnnotatedObject(options)))
        .parseArgs("--set", "gapo.training.optimizer.betas=[0.5, 0.6]", "--set", "gapo.instance=7");

    assertThat(options.load().getDoubleList("gapo.training.optimizer.betas"))
        .containsExactly(0.5, 0.6);
    assertThat(options.load().getString("gapo.instance")).isEqualTo("7");
  }

  @Test
  void readsAQuotedTextFromTheCommandLine() {
    assertThat(
            set("gapo.sampling.template=\"[INST] {prompt} [/INST]\"")
                .load()
                .getString("gapo.sampling.template"))
        .isEqualTo("[INST] {prompt} [/INST]");
    assertThat(
            set("gapo.sampling.template=say \"{prompt}\"")
                .load()
                .getString("gapo.sampling.template"))
        .isEqualTo("say \"{prompt}\"");
  }

  @Test
  void saysHowATextThatLooksLikeAListIsGiven() {
    assertThatThrownBy(() -> set("gapo.sampling.template=[INST] {prompt").load())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("--set gapo.sampling.template: cannot understand '[INST] {prompt'")
        .hasMessageEndingWith("a text that begins so goes in double quotes");
    assertThatThrownBy(() -> set("gapo.instance=\"a\", other=\"b\"").load())
        .hasMessageContaining("is more than one value");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gapo.sampling.template=USER:\\n{prompt}",
        "gapo.sampling.template=say {prompt}\\t",
        "gapo.sampling.preference-template=say \"{preference}\"\\n{prompt}"
      })
  void refusesAnEscapeInATemplateThatIsReadLiterally(String setting) {
    assertThatThrownBy(() -> set(setting).load())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("--set gapo.sampling.")
        .hasMessageContainingAll("is read literally", "in double quotes", "two backslashes");
  }

  @Test
  void readsEscapesWithinDoubleQuotesAndOtherSettingsLiterally() {
    assertThat(
            set("gapo.sampling.template=\"USER:\\n{prompt}\"")
                .load()
                .getString("gapo.sampling.template"))
        .isEqualTo("USER:\n{prompt}");
    assertThat(
            set("gapo.sampling.template=\"USER:\\\\n{prompt}\"")
                .load()
                .getString("gapo.sampling.template"))
        .isEqualTo("USER:\\n{prompt}");
    assertThat(set("gapo.policy.directory=C:\\new").load().getString("gapo.policy.directory"))
        .isEqualTo("C:\\new");
  }

  private static SettingsOptions set(String setting) {
    SettingsOptions options = new SettingsOptions();
    new CommandLine(
            CommandSpec.create().addMixin("settings", CommandSpec.forAnnotatedObject(options)))
        .parseArgs("--set", setting);
    return options;
  }

  @Test
  void saysOnceWhereAWrongSettingStands() {
    assertThat(run("optimizer", "cpu", "--set", "gapo.training.batch-size=1.5")).isEqualTo(1);

    assertThat(shell.err())
        .isEqualToNormalizingNewlines(
            "gapo run: gapo.training.batch-size must be a whole number, was 1.5 (command line)\n");
  }

  private static String unusedAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return "127.0.0.1:" + socket.getLocalPort();
    }
  }
}
