package io.gapo.lab.training;

import io.gapo.runtime.text.TemplatedText;
import io.gapo.runtime.text.UnreadableConversationException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Examples as tokens, in a temporary file. Those with too many tokens, or of conversations that the
 * model cannot read, are left out: an example that is cut short would teach what nobody says.
 *
 * @param <E> an example
 * @param <T> an example as tokens
 */
final class ExampleSet<E, T> implements AutoCloseable {

  /** Encoded together, in parallel. */
  private static final int CHUNK = 256;

  private final ExampleForm<E, T> form;
  private final int maxTokens;
  private final TrainingProgress progress;
  private final TokenFile file;
  private final List<Long> rows = new ArrayList<>();
  private final List<E> waiting = new ArrayList<>();
  private final List<List<TemplatedText>> texts = new ArrayList<>();

  private ExampleSet(
      ExampleForm<E, T> form, int maxTokens, TrainingProgress progress, TokenFile file) {
    this.form = form;
    this.maxTokens = maxTokens;
    this.progress = progress;
    this.file = file;
  }

  /** What is trained on, and what is only measured on. */
  record Split<E, T>(ExampleSet<E, T> training, ExampleSet<E, T> heldOut) implements AutoCloseable {

    @Override
    public void close() {
      training.close();
      heldOut.close();
    }
  }

  /**
   * Reads all examples.
   *
   * @param maxTokens of an example's longest row
   * @param progress is told which examples are left out, and how many there are
   */
  static <E, T> Split<E, T> read(
      ExampleSource<E> source, ExampleForm<E, T> form, int maxTokens, TrainingProgress progress)
      throws IOException {
    return read(source, form, maxTokens, progress, TokenFile::create);
  }

  /** Opens a file for tokens. */
  interface Opener {
    TokenFile open() throws IOException;
  }

  static <E, T> Split<E, T> read(
      ExampleSource<E> source,
      ExampleForm<E, T> form,
      int maxTokens,
      TrainingProgress progress,
      Opener opener)
      throws IOException {
    ExampleSet<E, T> training = new ExampleSet<>(form, maxTokens, progress, opener.open());
    ExampleSet<E, T> heldOut;
    try {
      heldOut = new ExampleSet<>(form, maxTokens, progress, opener.open());
    } catch (IOException e) {
      training.close();
      throw e;
    }
    Split<E, T> split = new Split<>(training, heldOut);
    boolean done = false;
    try {
      source.tell((row, example, isHeldOut) -> (isHeldOut ? heldOut : training).add(row, example));
      training.finish();
      heldOut.finish();
      done = true;
    } finally {
      if (!done) {
        split.close();
      }
    }
    progress.read(training.size(), heldOut.size());
    return split;
  }

  private void add(long row, E example) {
    try {
      List<TemplatedText> read = form.texts(example);
      rows.add(row);
      waiting.add(example);
      texts.add(read);
    } catch (UnreadableConversationException e) {
      progress.skipped(row, ExampleProblem.UNREADABLE_CONVERSATION, String.valueOf(e.getMessage()));
    }
    if (waiting.size() == CHUNK) {
      encode();
    }
  }

  private void finish() {
    encode();
    file.flush();
  }

  private void encode() {
    List<int[]> encoded = form.encode(texts.stream().flatMap(List::stream).toList());
    int at = 0;
    for (int i = 0; i < waiting.size(); i++) {
      int next = at + texts.get(i).size();
      T example = form.tokens(waiting.get(i), encoded.subList(at, next));
      keep(rows.get(i), example, form.length(example));
      at = next;
    }
    rows.clear();
    waiting.clear();
    texts.clear();
  }

  private void keep(long row, T example, int length) {
    if (length > maxTokens) {
      progress.skipped(
          row,
          ExampleProblem.TOO_MANY_TOKENS,
          "%s tokens, and an example may have at most %s".formatted(length, maxTokens));
    } else {
      file.add(form.pack(example), length);
    }
  }

  int size() {
    return file.size();
  }

  /** Tokens of an example's longest row. */
  int length(int index) {
    return file.length(index);
  }

  List<T> get(List<Integer> indices) {
    return indices.stream().map(index -> form.unpack(file.get(index))).toList();
  }

  /** What other examples would not have. */
  String fingerprint() {
    return size() + " examples, CRC-32C " + Long.toHexString(file.checksum());
  }

  @Override
  public void close() {
    file.close();
  }
}
