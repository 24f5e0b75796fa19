package io.gapo.ops.cli;

import com.typesafe.config.Config;
import io.gapo.ops.config.ConfigFiles;
import io.gapo.ops.config.KafkaConfig;
import io.gapo.ops.display.SampleText;
import io.gapo.ops.display.UntrustedText;
import io.gapo.ops.kafka.Cluster;
import io.gapo.streams.sample.RolloutFate;
import io.gapo.streams.sample.Sample;
import io.gapo.streams.sample.SampleQuery;
import io.gapo.streams.sample.SampleReader;
import io.gapo.streams.sample.SampleReport;
import io.gapo.streams.sample.SampledResponse;
import io.gapo.streams.topic.Topics;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code gapo samples}: what the policy answers, what that scores, and what becomes of it. */
@Command(
    name = "samples",
    description = {
      "Shows responses of the policy with their prompts, scores and fates, from Kafka's topics.",
      "It only reads, in no consumer group: it may be called while a run goes on."
    },
    sortOptions = false)
final class SamplesCommand implements Callable<Integer> {

  /** How many are ranked where the user does not say; and how many of them are shown. */
  private static final int RANKED = 1_000;

  private static final int SHOWN = 5;

  /** So that the found ones fit into memory. */
  private static final int MOST = 10_000;

  /** Not the standard mixin, which has --version for itself. */
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("unused") // Picocli acts on it.
  private boolean help;

  @Option(
      names = "--version",
      paramLabel = "N",
      description = "Only responses whose first token policy version N sampled.")
  private @Nullable Long version;

  @Option(
      names = "--last",
      paramLabel = "K",
      description = {
        "The newest K responses, at most " + MOST + ".",
        "Default: " + SHOWN + "; with --worst or --best, which rank them, " + RANKED + "."
      })
  private @Nullable Integer last;

  @ArgGroup(exclusive = false)
  private @Nullable Ranking ranking;

  @Option(
      names = "--limit",
      paramLabel = "M",
      description = "How many are shown. Default: all of --last; " + SHOWN + " of a ranking.")
  private @Nullable Integer limit;

  @Option(
      names = "--conversation",
      description = "Show the whole conversation, and not its last message only.")
  private boolean conversation;

  @Option(
      names = "--json",
      description = "Print a JSON object for each response, a line each, for scripts.")
  private boolean json;

  @Option(
      names = "--scan",
      paramLabel = "RECORDS",
      defaultValue = "200000",
      description =
          "Records of a topic that are read at most (default: ${DEFAULT-VALUE}). What was passed"
              + " over is said on standard error.")
  private int scan;

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  /** By what the responses are ranked. */
  static final class Ranking {

    @Option(
        names = "--objective",
        paramLabel = "NAME",
        required = true,
        description = "Rank the responses by their score of this objective; needs one of:")
    private String objective = "";

    @ArgGroup(multiplicity = "1")
    private @Nullable Order order;

    /** Which come first. */
    static final class Order {

      @Option(names = "--worst", description = "The lowest score first.")
      @SuppressWarnings("unused") // Where it is not the one, it is the other.
      private boolean worst;

      @Option(names = "--best", description = "The highest score first.")
      private boolean best;
    }

    boolean isBestFirst() {
      return order != null && order.best;
    }
  }

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    SampleQuery query = query();
    Config root = settings.load();
    KafkaConfig kafka = ConfigFiles.locating(root, () -> KafkaConfig.from(root));
    Topics topics = kafka.topics();
    try (Cluster cluster = Cluster.connect(kafka)) {
      cluster.requireTopics(List.of(topics.rollouts(), topics.scores(), topics.lineage()));
    }
    SampleReport report =
        SampleReader.read(kafka.access(Optional.empty()), query, objectives(root));
    List<Sample> shown = chosen(report);
    for (Sample sample : shown) {
      if (json) {
        out.println(SampleJson.line(sample));
      } else {
        lines(sample).forEach(out::println);
        out.println();
      }
    }
    out.flush();
    if (shown.isEmpty()) {
      (json ? err : out).println(nothing(report, topics));
      out.flush();
    }
    report.passedOver().forEach(note -> err.println("note: " + note));
    if (report.isLimited()) {
      err.println("note: --scan with more than %s reads more".formatted(scan));
    }
    err.flush();
    return ExitCode.OK;
  }

  private SampleQuery query() {
    OptionBounds.requireAtLeast(spec, "--scan", scan, 1);
    if (limit != null) {
      OptionBounds.requireAtLeast(spec, "--limit", limit, 1);
    }
    if (version != null && version < 0) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "--version must be at least 0, was " + version);
    }
    int count = last == null ? ranking == null ? SHOWN : RANKED : last;
    if (count < 1 || count > MOST) {
      throw new ParameterException(
          Objects.requireNonNull(spec).commandLine(),
          "--last must be from 1 to %s, was %s".formatted(MOST, count));
    }
    return new SampleQuery(
        version == null ? OptionalLong.empty() : OptionalLong.of(version), count, scan);
  }

  /** As far as the settings name them: how to reach Kafka is all that they must say. */
  private static List<String> objectives(Config root) {
    return root.getConfigList("gapo.objectives").stream()
        .filter(block -> block.hasPath("name"))
        .map(block -> block.getString("name"))
        .toList();
  }

  private List<Sample> chosen(SampleReport report) {
    Ranking by = ranking;
    if (by == null) {
      return report.samples().stream().limit(limit == null ? MOST : limit).toList();
    }
    List<Sample> scored =
        report.samples().stream()
            .filter(sample -> sample.scores().containsKey(by.objective))
            .toList();
    if (scored.isEmpty() && !report.samples().isEmpty()) {
      throw new CommandFailedException(
          "none of the %s newest responses has a score of '%s': there are scores of %s"
              .formatted(
                  report.samples().size(),
                  by.objective,
                  report.samples().stream()
                      .flatMap(sample -> sample.scores().keySet().stream())
                      .distinct()
                      .map(UntrustedText::escaped) // Whoever writes scores names them.
                      .toList()));
    }
    Comparator<Sample> byScore =
        Comparator.comparingDouble(
            sample -> sample.scores().getOrDefault(by.objective, Double.NaN));
    return scored.stream()
        .sorted(by.isBestFirst() ? byScore.reversed() : byScore)
        .limit(limit == null ? SHOWN : limit)
        .toList();
  }

  private String nothing(SampleReport report, Topics topics) {
    if (report.newestVersion() < 0) {
      return "there are no responses yet in topic %s".formatted(topics.rollouts());
    }
    return "no response was found that v%s began; the newest is of v%s"
        .formatted(version, report.newestVersion());
  }

  private List<String> lines(Sample sample) {
    SampledResponse response = sample.response();
    return SampleText.lines(
        "%s, %s, %s tokens (%s), %s"
            .formatted(
                response.id(),
                versions(response),
                response.tokens(),
                response.finishReason().spelling(),
                fate(sample.fate())),
        sample.scores(),
        conversation ? response.history() : List.of(),
        response.prompt(),
        response.response(),
        Objects.requireNonNull(spec).usageMessage().width());
  }

  private static String versions(SampledResponse response) {
    return response.oldestVersion() == response.newestVersion()
        ? "v" + response.oldestVersion()
        : "v%s to v%s".formatted(response.oldestVersion(), response.newestVersion());
  }

  private static String fate(RolloutFate fate) {
    String became =
        switch (fate.kind()) {
          case RolloutFate.WAITING -> "waiting";
          case RolloutFate.TRAINED -> "trained in v" + fate.version();
          default -> "%s at v%s: %s".formatted(fate.kind(), fate.version(), fate.reason());
        };
    return fate.sameSampling() ? became : became + ", in another sampling of this id";
  }
}
