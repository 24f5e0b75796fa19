package io.gapo.ops.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Test;

class LineFeedTest {

  private final TopicInMemory topic = new TopicInMemory();
  private final Complaints complaints = new Complaints();
  private final List<String> inTopicBefore = new ArrayList<>();
  private int reads;

  @Test
  void feedsPromptsKeyedByTheirIds() throws IOException {
    LineFeed.Report report =
        feed(
            false, "{\"id\": \"a\", \"prompt\": \"hi\"}\n\n{\"prompt\": \"ho\", \"extra\": 1}\r\n");

    assertCounts(report, 2, 0, 0);
    assertThat(topic.values)
        .containsExactly(
            "a={\"id\": \"a\", \"prompt\": \"hi\"}", "null={\"prompt\": \"ho\", \"extra\": 1}\r");
  }

  @Test
  void namesEveryLineThatIsNoPromptAndFeedsTheOthers() throws IOException {
    LineFeed.Report report =
        feed(
            false,
            """
            nonsense
            {"prompt": "good"}
            {"prompt": ""}
            {"prompt": 7}
            {"text": "hi"}
            {"prompt": "hi", "id": 7}
            {"prompt": "hi", "id": " "}
            ["hi"]
            {"prompt": "hi"} {"prompt": "ho"}
            {"prompt": "hi"
            """);

    assertCounts(report, 1, 9, 0);
    assertThat(complaints.problems)
        .contains(
            entry(3L, "'prompt' is empty"),
            entry(4L, "'prompt' must be a string, but is a number"),
            entry(5L, "'prompt' is missing"),
            entry(6L, "'id' must be a string, but is a number"),
            entry(8L, "not a JSON object, but an array"));
    assertThat(complaints.problems.get(1L)).startsWith("malformed JSON: Unrecognized token");
    assertThat(complaints.problems.get(7L)).startsWith("'id' is empty");
    assertThat(complaints.problems.get(9L)).contains("more text follows");
    assertThat(complaints.problems.get(10L)).startsWith("malformed JSON: Unexpected end-of-input");
  }

  @Test
  void namesALineThatIsNotUtf8() throws IOException {
    byte[] line = "{\"prompt\": \"caf\u00e9\"}".getBytes(StandardCharsets.ISO_8859_1);

    LineFeed.Report report = feed(false, line);

    assertCounts(report, 0, 1, 0);
    assertThat(complaints.problems).containsExactly(entry(1L, "invalid UTF-8"));
  }

  @Test
  void feedsInvalidLinesAsTheyAreWhenRaw() throws IOException {
    LineFeed.Report report = feed(true, "{\"id\": \"a\", \"prompt\": \"hi\"}\nnonsense\n\n");

    assertCounts(report, 3, 2, 0);
    assertThat(topic.values)
        .containsExactly("a={\"id\": \"a\", \"prompt\": \"hi\"}", "null=nonsense", "null=");
  }

  @Test
  void ignoresAByteOrderMark() throws IOException {
    assertCounts(feed(false, "\ufeff{\"prompt\": \"hi\"}\n"), 1, 0, 0);
    assertThat(topic.values).containsExactly("null={\"prompt\": \"hi\"}");
  }

  @Test
  void namesALineThatIsTooLongEvenWhenRaw() throws IOException {
    byte[] input = new byte[LineFeed.MAX_LINE_BYTES + 3];
    Arrays.fill(input, (byte) 'x');
    input[input.length - 1] = '\n';

    assertCounts(feed(true, input), 0, 1, 0);
    assertThat(complaints.problems).containsExactly(entry(1L, "longer than 15 MiB"));
  }

  @Test
  void namesARecordThatTheTopicFindsTooLarge() throws IOException {
    topic.failures.put("b", new RecordTooLargeException("8 MB"));

    LineFeed.Report report =
        feed(false, "{\"id\": \"b\", \"prompt\": \"hi\"}\n{\"id\": \"c\", \"prompt\": \"hi\"}\n");

    assertCounts(report, 1, 1, 0);
    assertThat(complaints.problems).containsExactly(entry(1L, "larger than the topic allows"));
  }

  @Test
  void stopsWhenKafkaTakesNoMoreAndSaysHowManyItTook() {
    topic.failures.put("b", new NotEnoughReplicasException("1 of 2"));

    assertThatThrownBy(
            () ->
                feed(
                    false,
                    """
                    {"id": "a", "prompt": "hi"}
                    {"id": "b", "prompt": "hi"}
                    {"id": "c", "prompt": "hi"}
                    """))
        .isInstanceOf(FeedException.class)
        .hasMessageContaining("after 1: 1 of 2");
    assertThat(topic.values).hasSize(1);
  }

  @Test
  void leavesOutAndNamesPromptsWhoseIdsWereFedBefore() throws IOException {
    inTopicBefore.add("{\"id\": \"a\", \"prompt\": \"hi\"}");
    inTopicBefore.add("no prompt");
    inTopicBefore.add("{\"prompt\": \"without an id\"}");

    LineFeed.Report report =
        feed(
            false,
            """
            {"prompt": "ho"}
            {"id": "a", "prompt": "hi"}
            {"id": "b", "prompt": "hi"}
            {"id": "b", "prompt": "hi again"}
            """);

    assertCounts(report, 2, 0, 2);
    assertThat(complaints.known)
        .containsExactly("2: prompt id 'a' was fed before", "4: prompt id 'b' was fed before");
    assertThat(topic.values)
        .containsExactly("null={\"prompt\": \"ho\"}", "b={\"id\": \"b\", \"prompt\": \"hi\"}");
    assertThat(reads).isEqualTo(1);
  }

  @Test
  void looksIntoTheTopicOnlyForIds() throws IOException {
    feed(false, "{\"prompt\": \"hi\"}\n");
    feed(true, "{\"id\": \"a\", \"prompt\": \"hi\"}\n");

    assertThat(reads).isZero();
  }

  @Test
  void forgetsTheOldestIdAsTheGeneratorDoes() throws IOException {
    for (String id : List.of("a", "b", "c")) {
      inTopicBefore.add("{\"id\": \"%s\", \"prompt\": \"hi\"}".formatted(id));
    }

    LineFeed.Report report =
        lineFeed(false, 2)
            .feed(
                input("{\"id\": \"c\", \"prompt\": \"hi\"}\n{\"id\": \"a\", \"prompt\": \"hi\"}\n"),
                1);

    assertCounts(report, 1, 0, 1);
  }

  @Test
  void givesThePromptsOfLaterPassesIdsOfTheirOwn() throws IOException {
    String file =
        """
        {"id": "a", "prompt": "hi", "preference": {"helpful": 1, "harmless": 3}}
        nonsense
        {"prompt": "ho"}
        """;
    LineFeed feed = lineFeed(false, 100);

    feed.feed(input(file), 1);
    feed.feed(input(file), 2);
    LineFeed.Report report = feed.feed(input(file), 3);

    assertCounts(report, 6, 1, 0);
    assertThat(topic.values)
        .contains("null={\"prompt\": \"ho\"}")
        .contains(
            "a~2={\"id\":\"a~2\",\"prompt\":\"hi\","
                + "\"preference\":{\"harmless\":0.75,\"helpful\":0.25}}")
        .anyMatch(value -> value.startsWith("a~3="));
  }

  @Test
  void namesAnIdThatIsTooLongForALaterPass() throws IOException {
    String file = "{\"id\": \"%s\", \"prompt\": \"hi\"}\n".formatted("x".repeat(255));
    LineFeed feed = lineFeed(false, 100);

    feed.feed(input(file), 1);
    LineFeed.Report report = feed.feed(input(file), 2);

    assertCounts(report, 1, 1, 0);
    assertThat(complaints.problems)
        .containsExactly(entry(1L, "'id' has 257 characters, the limit is 256"));
  }

  private LineFeed.Report feed(boolean raw, String input) throws IOException {
    return feed(raw, input.getBytes(StandardCharsets.UTF_8));
  }

  private LineFeed.Report feed(boolean raw, byte[] input) throws IOException {
    return lineFeed(raw, 100).feed(new InputLines(new ByteArrayInputStream(input)), 1);
  }

  private LineFeed lineFeed(boolean raw, int remembered) {
    FedIds fedIds =
        new FedIds(
            remembered,
            each -> {
              reads++;
              inTopicBefore.forEach(value -> each.accept(value.getBytes(StandardCharsets.UTF_8)));
            });
    Optional<RowReader> reader =
        raw
            ? Optional.empty()
            : Optional.of(new RowReader(RowFormat.PROMPT, Optional.empty(), Optional.empty()));
    return new LineFeed(
        topic,
        new LineFeed.Options(reader, false, HeldOut.nothing(), Long.MAX_VALUE),
        fedIds,
        complaints);
  }

  private static void assertCounts(
      LineFeed.Report report, long accepted, long invalid, long known) {
    assertThat(report.accepted()).isEqualTo(accepted);
    assertThat(report.invalid()).isEqualTo(invalid);
    assertThat(report.skipped(SkipReason.KNOWN_ID)).isEqualTo(known);
  }

  private static RowSource input(String text) {
    return new InputLines(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Keeps what is fed, or refuses it where told to. */
  private static final class TopicInMemory implements LineFeed.Destination {

    private final List<String> values = new ArrayList<>();
    private final Map<String, RuntimeException> failures = new LinkedHashMap<>();

    @Override
    public CompletableFuture<Void> feed(Optional<String> key, byte[] value) {
      RuntimeException failure = failures.get(key.orElse(""));
      if (failure != null) {
        return CompletableFuture.failedFuture(failure);
      }
      values.add(key.orElse(null) + "=" + new String(value, StandardCharsets.UTF_8));
      return CompletableFuture.completedFuture(null);
    }
  }

  /** Keeps the problems by line. */
  private static final class Complaints implements LineFeed.Listener {

    private final Map<Long, String> problems = new LinkedHashMap<>();
    private final List<String> known = new ArrayList<>();

    @Override
    public void skipped(long row, SkipReason reason, String detail) {
      if (reason.isInvalid()) {
        problems.put(row, detail);
      } else {
        known.add(row + ": " + detail);
      }
    }

    @Override
    public void accepted(long prompts) {}
  }
}
