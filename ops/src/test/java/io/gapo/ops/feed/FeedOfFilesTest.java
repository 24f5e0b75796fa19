package io.gapo.ops.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FeedOfFilesTest {

  private static final Path FIXTURES = Path.of("src/test/resources/feed");

  private final Path directory;
  private final List<String> fed = new ArrayList<>();
  private final Map<SkipReason, List<Long>> skipped = new EnumMap<>(SkipReason.class);
  private boolean deduplicates = true;
  private long limit = Long.MAX_VALUE;
  private Optional<String> column = Optional.empty();
  private Optional<String> labelColumn = Optional.empty();
  private Optional<Long> shuffleSeed = Optional.empty();
  private HeldOut heldOut = HeldOut.nothing();

  FeedOfFilesTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void turnsTranscriptsIntoConversationsWithoutTheirAnswers() throws IOException {
    Path file =
        lines(
            "{'chosen': '\\n\\nHuman: Hi\\n\\nAssistant: Ho\\n\\nHuman: Why?\\n\\nAssistant: So.',"
                + " 'rejected': 'x'}",
            "{'chosen': '\\n\\nHuman: Just this\\n\\nAssistant: Yes'}",
            "{'chosen': 'no transcript'}",
            "{'chosen': '\\n\\nHuman: a\\n\\nAssistant: b\\n\\nAssistant: c'}");

    LineFeed.Report report = feed(file, RowFormat.HH_RLHF);

    assertThat(fed)
        .containsExactly(
            json(
                "{'messages':[{'role':'user','content':'Hi'},{'role':'assistant','content':'Ho'},"
                    + "{'role':'user','content':'Why?'}]}"),
            json("{'prompt':'Just this'}"));
    assertThat(report.skipped(SkipReason.NO_PROMPT)).isEqualTo(2);
    assertThat(skipped.get(SkipReason.NO_PROMPT)).containsExactly(3L, 4L);
  }

  @Test
  void readsMessagesInTheSpellingsOfDataSets() throws IOException {
    Path file =
        lines(
            "{'id': 7, 'messages': [{'role': 'user', 'content': 'a'},"
                + " {'role': 'assistant', 'content': 'b'}], 'label': 3}",
            "{'conversations': [{'from': 'system', 'value': 's'}, {'from': 'human', 'value': 'c'},"
                + " {'from': 'gpt', 'value': 'd'}], 'metadata': '{\\'k\\': 1}'}",
            "{'messages': [{'role': 'tool', 'content': 'x'}]}",
            "{'messages': [{'role': 'assistant', 'content': 'x'}]}",
            "{'messages': 'text'}");

    feed(file, RowFormat.MESSAGES);

    assertThat(fed)
        .containsExactly(
            json("{'id':'7','prompt':'a','label':3}"),
            json(
                "{'messages':[{'role':'system','content':'s'},{'role':'user','content':'c'}],"
                    + "'metadata':{'k':1}}"));
    assertThat(skipped).containsOnlyKeys(SkipReason.NO_PROMPT);
    assertThat(skipped.get(SkipReason.NO_PROMPT)).containsExactly(3L, 4L, 5L);
  }

  @Test
  void readsAPromptAndALabelFromNamedColumns() throws IOException {
    column = Optional.of("question");
    labelColumn = Optional.of("answer");
    Path file =
        lines(
            "{'question': '2 + 2?', 'answer': 4, 'label': 'ignored'}",
            "{'question': '3 + 3?'}",
            "{'question': '4 + 4?', 'answer': [8]}",
            "{'answer': 9}");

    feed(file, RowFormat.PROMPT);

    assertThat(fed).containsExactly(json("{'prompt':'2 + 2?','label':4}"));
    assertThat(skipped.get(SkipReason.NO_PROMPT)).containsExactly(2L, 3L, 4L);
  }

  @Test
  void detectsTheFormatByTheFirstRows() throws IOException {
    assertThat(detected("{'prompt': 'a'}")).isEqualTo(RowFormat.PROMPT);
    assertThat(detected("nonsense", "{'prompt': 'a', 'response_0': 'b'}"))
        .isEqualTo(RowFormat.PKU_SAFERLHF);
    assertThat(detected("{'prompt': 'a', 'messages': []}")).isEqualTo(RowFormat.MESSAGES);
    assertThat(detected("{'chosen': '\\n\\nHuman: a\\n\\nAssistant: b'}"))
        .isEqualTo(RowFormat.HH_RLHF);
    assertThat(detected("{'text': 'a'}")).isEqualTo(RowFormat.PROMPT);
    assertThat(detectedIn(FIXTURES.resolve("pku-saferlhf.parquet")))
        .isEqualTo(RowFormat.PKU_SAFERLHF);
    assertThat(detectedIn(FIXTURES.resolve("hh-rlhf.parquet"))).isEqualTo(RowFormat.HH_RLHF);
    assertThat(detectedIn(FIXTURES.resolve("messages-zstd.parquet"))).isEqualTo(RowFormat.MESSAGES);
  }

  @ParameterizedTest
  @ValueSource(strings = {"snappy", "zstd", "gzip", "lz4", "none"})
  void readsConversationsOfParquetHoweverItsPagesArePacked(String compression) throws IOException {
    labelColumn = Optional.of("answer");

    LineFeed.Report report =
        feed(FIXTURES.resolve("messages-%s.parquet".formatted(compression)), RowFormat.MESSAGES);

    assertThat(report.rows()).isEqualTo(60);
    assertThat(fed).hasSize(60).doesNotHaveDuplicates();
    assertThat(PromptLine.parse(fed.get(59).getBytes(StandardCharsets.UTF_8)).prompt())
        .hasFieldOrPropertyWithValue("text", "What is 59 plus 59? 🙂");
    assertThat(fed.get(59))
        .startsWith(json("{'messages':[{'role':'system','content':'Be brief.'},"))
        .endsWith(json("'label':59,'metadata':{'source':'sums','difficulty':2}}"));
  }

  @Test
  void readsTranscriptsAndPreferencePairsOfParquet() throws IOException {
    assertThat(feed(FIXTURES.resolve("hh-rlhf.parquet"), RowFormat.HH_RLHF).accepted())
        .isEqualTo(60);

    LineFeed.Report report = feed(FIXTURES.resolve("pku-saferlhf.parquet"), RowFormat.PKU_SAFERLHF);

    assertThat(report.rows()).isEqualTo(60);
    assertThat(report.accepted()).isEqualTo(30);
    assertThat(report.skipped(SkipReason.DUPLICATE)).isEqualTo(29);
    assertThat(report.skipped(SkipReason.NO_PROMPT)).isEqualTo(1);
    assertThat(fed.get(60)).isEqualTo(json("{'prompt':'May I ask 0?'}"));
  }

  @Test
  void refusesADamagedParquetFileWithTheReason() throws IOException {
    byte[] whole = Files.readAllBytes(FIXTURES.resolve("messages-zstd.parquet"));
    Path cut = Files.write(directory.resolve("cut"), Arrays.copyOf(whole, whole.length / 2));
    for (int i = 4; i < 2000; i++) {
      whole[i] = (byte) (31 * i);
    }
    Path damaged = Files.write(directory.resolve("damaged"), whole);

    assertThatThrownBy(() -> feed(cut, RowFormat.MESSAGES))
        .isInstanceOf(UnreadableFileException.class)
        .hasMessageStartingWith(cut + " cannot be read as Parquet");
    assertThatThrownBy(() -> feed(damaged, RowFormat.MESSAGES))
        .isInstanceOf(UnreadableFileException.class)
        .hasMessageStartingWith(damaged + " cannot be read as Parquet");
  }

  @Test
  void countsAHundredMalformedRowsAmongTenThousand() throws IOException {
    String[] rows = new String[10_000];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = "{'messages': [{'role': 'user', 'content': 'Question %s'}]}".formatted(i);
    }
    for (int i = 0; i < 50; i++) {
      rows[200 * i] = "{'messages': [{'role': 'user', 'con";
      rows[200 * i + 100] = "{'messages': [{'role': 'user', 'content': %s}]}".formatted(i);
    }

    LineFeed.Report report = feed(lines(rows), RowFormat.MESSAGES);

    assertThat(report.rows()).isEqualTo(10_000);
    assertThat(report.accepted()).isEqualTo(9_900);
    assertThat(report.invalid()).isEqualTo(100);
    assertThat(report.skipped(SkipReason.NOT_JSON)).isEqualTo(50);
    assertThat(report.skipped(SkipReason.NO_PROMPT)).isEqualTo(50);
    assertThat(skipped.get(SkipReason.NOT_JSON)).startsWith(1L, 201L, 401L);
    assertThat(fed).hasSize(9_900).doesNotHaveDuplicates();
  }

  @Test
  void holdsOutTheSameShareInEveryOrderAndFeedsNoneOfIt() throws IOException {
    String[] rows = new String[2_000];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = "{'prompt': 'Question %s'}".formatted(i % 1_000);
    }
    Path file = lines(rows);

    List<String> first = heldOut(file, "first");
    List<String> fedFirst = List.copyOf(fed);
    fed.clear();
    shuffleSeed = Optional.of(3L);
    deduplicates = false;
    List<String> again = heldOut(file, "again");

    assertThat(first).hasSizeBetween(70, 130).doesNotContainAnyElementsOf(fedFirst);
    assertThat(fedFirst).hasSize(1_000 - first.size());
    assertThat(new HashSet<>(again)).isEqualTo(new HashSet<>(first));
    assertThat(fed).hasSize(2_000 - again.size()).doesNotContainAnyElementsOf(first);
  }

  @Test
  void asksTheSameTwiceOnlyUnderAnotherPreferenceOrWhenTold() throws IOException {
    Path file =
        lines(
            "{'id': 'a', 'prompt': 'hi'}",
            "{'id': 'b', 'prompt': 'hi'}",
            "{'id': 'c', 'prompt': 'hi', 'preference': {'helpful': 1}}");

    assertThat(feed(file, RowFormat.PROMPT).skipped(SkipReason.DUPLICATE)).isEqualTo(1);
    assertThat(skipped.get(SkipReason.DUPLICATE)).containsExactly(2L);
    assertThat(fed).hasSize(2);
    deduplicates = false;
    assertThat(feed(file, RowFormat.PROMPT).accepted()).isEqualTo(3);
  }

  @Test
  void shufflesByTheSeedAloneAndTakesARandomFew() throws IOException {
    String[] rows = new String[100];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = "{'prompt': '%s'}".formatted(i);
    }
    Path file = lines(rows);

    shuffleSeed = Optional.of(1L);
    feed(file, RowFormat.PROMPT);
    List<String> order = List.copyOf(fed);
    fed.clear();
    limit = 10;
    feed(file, RowFormat.PROMPT);
    List<String> few = List.copyOf(fed);
    fed.clear();
    shuffleSeed = Optional.of(2L);
    feed(file, RowFormat.PROMPT);

    assertThat(order).hasSize(100).doesNotHaveDuplicates();
    assertThat(few).isEqualTo(order.subList(0, 10));
    assertThat(fed).hasSize(10).isNotEqualTo(few);
  }

  @Test
  void readsLinesInGzip() throws IOException {
    Path file = directory.resolve("prompts.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("{\"prompt\": \"hi\"}\n".getBytes(StandardCharsets.UTF_8));
    }

    assertThat(feed(file, RowFormat.PROMPT).accepted()).isEqualTo(1);
  }

  @Test
  void writesDownWhatIsSkipped() throws IOException {
    Path file = directory.resolve("skipped.jsonl");
    try (SkippedRows rows = SkippedRows.to(file)) {
      rows.add(7, SkipReason.NOT_JSON, "the \"reason\"");
      assertThat(rows.first(SkipReason.NOT_JSON)).containsExactly(7L);
    }

    assertThat(file)
        .hasContent("{\"row\":7,\"reason\":\"not-json\",\"detail\":\"the \\\"reason\\\"\"}");
  }

  private List<String> heldOut(Path file, String name) throws IOException {
    Path aside = directory.resolve(name);
    try (HeldOut share = HeldOut.to(aside, 0.1)) {
      heldOut = share;
      feed(file, RowFormat.PROMPT);
    }
    return Files.readAllLines(aside);
  }

  private RowFormat detected(String... rows) throws IOException {
    return detectedIn(lines(rows));
  }

  private RowFormat detectedIn(Path file) throws IOException {
    try (FirstRows rows = new FirstRows(open(file))) {
      return FormatDetection.of(rows.peek(), rows.columns(), column).format();
    }
  }

  private LineFeed.Report feed(Path file, RowFormat format) throws IOException {
    LineFeed feed =
        new LineFeed(
            (key, value) -> {
              fed.add(new String(value, StandardCharsets.UTF_8));
              return CompletableFuture.completedFuture(null);
            },
            new LineFeed.Options(
                Optional.of(new RowReader(format, column, labelColumn)),
                deduplicates,
                heldOut,
                limit),
            new FedIds(1_000, each -> {}),
            new Complaints());
    try (RowSource rows =
        shuffleSeed.isPresent() ? ShuffledRows.of(open(file), shuffleSeed.get()) : open(file)) {
      return feed.feed(rows, 1);
    }
  }

  private RowSource open(Path file) throws IOException {
    return new PromptFile(file).open(RowFormat.allColumns(column, labelColumn));
  }

  private Path lines(String... rows) throws IOException {
    return Files.writeString(
        Files.createTempFile(directory, "rows", ".jsonl"), json(String.join("\n", rows)));
  }

  private static String json(String withSingleQuotes) {
    return withSingleQuotes.replace("\\'", "\\\"").replace('\'', '"');
  }

  /** Keeps the skipped rows by reason. */
  private final class Complaints implements LineFeed.Listener {

    @Override
    public void skipped(long row, SkipReason reason, String detail) {
      skipped.computeIfAbsent(reason, unused -> new ArrayList<>()).add(row);
    }

    @Override
    public void accepted(long prompts) {}
  }
}
