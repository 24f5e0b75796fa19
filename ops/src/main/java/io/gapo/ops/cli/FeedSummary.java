package io.gapo.ops.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.ops.feed.LineFeed;
import io.gapo.ops.feed.SkipReason;
import io.gapo.ops.feed.SkippedRows;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;

/**
 * What a feed did, for people and for scripts.
 *
 * @param format as the option spells it; {@code raw} if lines were fed as they are
 */
record FeedSummary(String source, String format, String topic, int passes, LineFeed.Report report) {

  private static final ObjectMapper JSON = new ObjectMapper();

  void print(SkippedRows rows, PrintWriter out) {
    boolean raw = format.equals("raw");
    out.println(
        "%s prompts fed to %s, %s invalid rows%s"
            .formatted(
                report.accepted(),
                topic,
                report.invalid(),
                raw && report.invalid() > 0 ? " among them" : ""));
    if (report.heldOut() > 0) {
      out.println("%s prompts held out, and not fed".formatted(report.heldOut()));
    }
    for (SkipReason reason : SkipReason.values()) {
      long count = report.skipped(reason);
      if (count > 0) {
        out.println(rows.summary(reason, count) + remedy(reason));
      }
    }
    out.flush();
  }

  private String remedy(SkipReason reason) {
    return switch (reason) {
      case KNOWN_ID ->
          "; their ids were fed before: to train on them again, --repeat %s gives them new ids"
              .formatted(passes + 1);
      case DUPLICATE -> "; earlier rows ask the same: --keep-duplicates feeds them too";
      default -> "";
    };
  }

  void write(Path file, int exitCode) throws IOException {
    ObjectNode summary =
        JSON.createObjectNode()
            .put("file", source)
            .put("format", format)
            .put("topic", topic)
            .put("passes", passes)
            .put("rows", report.rows())
            .put("fed", report.accepted())
            .put("held_out", report.heldOut())
            .put("invalid", report.invalid());
    ObjectNode skipped = summary.putObject("skipped");
    for (SkipReason reason : SkipReason.values()) {
      skipped.put(reason.spelling(), report.skipped(reason));
    }
    summary.put("exit_code", exitCode);
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), summary);
  }
}
