package io.gapo.ops.cli;

import io.gapo.core.lineage.VersionLineage;
import io.gapo.core.rollout.RolloutReference;
import io.gapo.core.step.ObjectiveStatistics;
import io.gapo.core.step.OffPolicyTokens;
import io.gapo.ops.config.KafkaConfig;
import io.gapo.ops.kafka.Cluster;
import io.gapo.streams.codec.PromptLimits;
import io.gapo.streams.history.AuditReport;
import io.gapo.streams.history.LineageAuditReader;
import io.gapo.streams.history.LineageHistory;
import io.gapo.streams.kafka.KafkaSettings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gapo lineage}: what became of every prompt, or what made one version. */
@Command(
    name = "lineage",
    description = {
      "Accounts for every prompt and rollout, or says what made one policy version.",
      "Fails if the sums do not agree, a version is missing, or a rollout was trained on twice."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class LineageCommand implements Callable<Integer> {

  @Option(
      names = "--version-number",
      paramLabel = "N",
      description = "Say what made policy version N: prompts, rollouts, weights.")
  private @Nullable Long version;

  @Mixin private final SettingsOptions settings = new SettingsOptions();

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    KafkaConfig kafka = settings.kafka();
    try (Cluster cluster = Cluster.connect(kafka)) {
      cluster.requireTopics(kafka.topics().all());
    }
    KafkaSettings access = kafka.access(Optional.empty());
    int exit = version == null ? audit(access, out) : describe(access, version, out);
    out.flush();
    return exit;
  }

  private static int audit(KafkaSettings access, PrintWriter out) {
    AuditReport report = LineageAuditReader.read(access, PromptLimits.DEFAULT);
    out.println(line("prompts", report.prompts()));
    out.println(line("rollouts", report.rollouts()));
    if (report.formerPrompts() > 0) {
      out.println(
          "%s prompts with rollouts are not in topic %s now: it was created again, or cut"
              .formatted(report.formerPrompts(), access.topics().prompts()));
    }
    out.println("newest version %s".formatted(report.newestVersion()));
    report
        .quarantined()
        .forEach(
            (topic, records) -> out.println("quarantined from %s: %s".formatted(topic, records)));
    List<String> problems = report.problems();
    problems.forEach(problem -> out.println("problem: " + problem));
    if (problems.isEmpty()) {
      out.println("the sums agree; versions are contiguous; no rollout was trained on twice");
    }
    return problems.isEmpty() ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static String line(String what, AuditReport.Counts counts) {
    return "%s: %s = %s trained + %s stale + %s quarantined + %s refused + %s waiting"
        .formatted(
            what,
            counts.total(),
            counts.trained(),
            counts.stale(),
            counts.quarantined(),
            counts.refused(),
            counts.waiting());
  }

  private static int describe(KafkaSettings access, long version, PrintWriter out) {
    List<VersionLineage> found = new ArrayList<>();
    LineageHistory.read(
        access,
        record -> {
          if (record instanceof VersionLineage lineage && lineage.version().number() == version) {
            found.add(lineage);
          }
        });
    if (found.isEmpty()) {
      throw new CommandFailedException(
          "topic %s knows no version %s".formatted(access.topics().lineage(), version));
    }
    VersionLineage lineage = found.get(0);
    out.println(
        "%s from %s, applied at %s by optimizer epoch %s"
            .formatted(
                lineage.version(),
                lineage.direction().step().version(),
                lineage.appliedAt(),
                lineage.epoch()));
    if (lineage.model() != null) {
      out.println("model       " + lineage.model());
    }
    out.println("objectives  " + lineage.statistics().objectives());
    out.println("alpha       " + Arrays.toString(lineage.direction().combination().alpha()));
    out.println("weights     " + Arrays.toString(lineage.direction().combination().weights()));
    out.println("left out    " + lineage.direction().combination().leftOut());
    out.println("Gram matrix " + Arrays.deepToString(lineage.direction().gram().toRows()));
    out.println("mean scores " + lineage.statistics().meanScores());
    out.println(
        "normalised  "
            + lineage.statistics().perObjective().stream()
                .map(ObjectiveStatistics::meanNormalised)
                .toList());
    lineage.statistics().ratios().byStaleness().forEach((s, t) -> printTokens(out, s, t));
    for (RolloutReference rollout : lineage.rollouts()) {
      out.println(
          "rollout %s  prompt %s  from v%s  sha256 %s"
              .formatted(
                  rollout.id(), rollout.promptId(), rollout.oldestVersion(), rollout.digest()));
    }
    return ExitCode.OK;
  }

  private static void printTokens(PrintWriter out, long staleness, OffPolicyTokens tokens) {
    out.println(
        String.format(
            Locale.ROOT,
            "staleness %d  %d tokens, mismatch KL %.2g nats, effective sample size %.3f, masked %.3f",
            staleness,
            tokens.tokens(),
            tokens.mismatchKl(),
            tokens.effectiveSampleSize(),
            tokens.maskedShare()));
  }
}
