package io.gapo.lab.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.lab.training.AnsweredPrompt;
import io.gapo.lab.training.ExampleProblem;
import io.gapo.lab.training.JudgedPair;
import io.gapo.lab.training.ScoreType;
import io.gapo.ops.feed.HeldOutShare;
import io.gapo.ops.feed.UnreadableFileException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleFileTest {

  private static final DemonstrationReader DEMONSTRATIONS =
      new DemonstrationReader(Optional.empty(), Optional.empty());

  @TempDir Path directory = Path.of("set by JUnit");

  private final Counts counts = new Counts();

  private static final class Counts implements ExampleFile.Listener {

    private final Map<ExampleProblem, List<Long>> skipped = new EnumMap<>(ExampleProblem.class);
    private long rows;
    private long setAside;

    @Override
    public void row() {
      rows++;
    }

    @Override
    public void skipped(long row, ExampleProblem problem, String detail) {
      skipped.computeIfAbsent(problem, unused -> new ArrayList<>()).add(row);
    }

    @Override
    public void setAside(long row) {
      setAside++;
    }
  }

  private <E> List<E> read(Path file, ExampleReader<E> reader, List<E> heldOut, double share)
      throws IOException {
    List<E> training = new ArrayList<>();
    new ExampleFile<>(file, reader, new HeldOutShare(share), 20, counts)
        .tell((row, example, isHeldOut) -> (isHeldOut ? heldOut : training).add(example));
    return training;
  }

  private Path lines(List<String> lines) throws IOException {
    return Files.write(directory.resolve("data.jsonl"), lines);
  }

  private static String demonstration(int number) {
    return "{\"prompt\": \"What is %s?\", \"response\": \"A number.\"}".formatted(number);
  }

  @Test
  void countsEveryRowOnce() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      lines.add(
          switch (i % 50) {
            case 7 -> "{\"prompt\": \"cut off";
            case 31 -> "{\"question\": \"What?\"}";
            case 40 -> "";
            default -> demonstration(i);
          });
    }
    List<AnsweredPrompt> heldOut = new ArrayList<>();

    List<AnsweredPrompt> training = read(lines(lines), DEMONSTRATIONS, heldOut, 0.1);

    assertThat(counts.rows).isEqualTo(980);
    assertThat(counts.skipped.get(ExampleProblem.NOT_JSON)).hasSize(20).startsWith(8L, 58L);
    assertThat(counts.skipped.get(ExampleProblem.NO_EXAMPLE)).hasSize(20).startsWith(32L);
    assertThat(heldOut).hasSize(20);
    assertThat(counts.setAside).isBetween(40L, 120L);
    assertThat(training.size() + heldOut.size() + counts.setAside + 40).isEqualTo(counts.rows);
    assertThat(training).doesNotContainAnyElementsOf(heldOut);
  }

  @Test
  void holdsOutTheSamePromptsOfEveryFile() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      lines.add(demonstration(i));
      lines.add(demonstration(i).replace("A number", "Another answer"));
    }
    List<AnsweredPrompt> heldOut = new ArrayList<>();

    List<AnsweredPrompt> training = read(lines(lines), DEMONSTRATIONS, heldOut, 0.05);

    assertThat(heldOut).isNotEmpty();
    assertThat(training)
        .extracting(AnsweredPrompt::prompt)
        .doesNotContainAnyElementsOf(heldOut.stream().map(AnsweredPrompt::prompt).toList());
  }

  @Test
  void readsGzip() throws IOException {
    Path file = directory.resolve("data.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write((demonstration(1) + "\n" + demonstration(2)).getBytes(StandardCharsets.UTF_8));
    }

    assertThat(read(file, DEMONSTRATIONS, new ArrayList<>(), 0)).hasSize(2);
  }

  @Test
  void readsParquet() throws IOException {
    List<JudgedPair> transcripts =
        read(
            resource("hh-rlhf.parquet"),
            new PairReader(ScoreType.REWARD, Optional.empty()),
            new ArrayList<>(),
            0);
    assertThat(transcripts).hasSize(60);
    assertThat(transcripts.get(3).higher().response()).isEqualTo("Well.");
    assertThat(transcripts.get(3).lower().response()).isEqualTo("No.");

    List<AnsweredPrompt> conversations =
        read(resource("messages-zstd.parquet"), DEMONSTRATIONS, new ArrayList<>(), 0);
    assertThat(conversations).hasSize(60);
    assertThat(conversations.get(3).response()).isEqualTo("6");

    List<JudgedPair> pku =
        read(
            resource("pku-saferlhf.parquet"),
            new PairReader(ScoreType.REWARD, Optional.empty()),
            new ArrayList<>(),
            0);
    assertThat(pku).hasSize(59);
    assertThat(counts.skipped).containsOnlyKeys(ExampleProblem.NO_EXAMPLE);
  }

  @Test
  void refusesAFileThatIsCutShort() throws IOException {
    Path whole = resource("hh-rlhf.parquet");
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = directory.resolve("cut.parquet");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length / 2));

    assertThatThrownBy(
            () ->
                read(cut, new PairReader(ScoreType.REWARD, Optional.empty()), new ArrayList<>(), 0))
        .isInstanceOf(UnreadableFileException.class)
        .hasMessageContaining("cut.parquet");
  }

  private Path resource(String name) throws IOException {
    Path file = directory.resolve(name);
    try (InputStream in =
        Objects.requireNonNull(ExampleFileTest.class.getResourceAsStream("/feed/" + name))) {
      Files.copy(in, file);
    }
    return file;
  }
}
