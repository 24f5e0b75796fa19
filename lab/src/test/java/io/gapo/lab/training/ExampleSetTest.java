package io.gapo.lab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.runtime.text.TemplatedText;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleSetTest {

  /** Is never asked. */
  private static final class NoForm implements ExampleForm<String, String> {

    @Override
    public List<TemplatedText> texts(String example) {
      throw new AssertionError();
    }

    @Override
    public List<int[]> encode(List<TemplatedText> texts) {
      throw new AssertionError();
    }

    @Override
    public String tokens(String example, List<int[]> encoded) {
      throw new AssertionError();
    }

    @Override
    public int length(String example) {
      throw new AssertionError();
    }

    @Override
    public int[] pack(String example) {
      throw new AssertionError();
    }

    @Override
    public String unpack(int[] packed) {
      throw new AssertionError();
    }
  }

  @Test
  void closesTheFirstFileIfThereCanBeNoSecond(@TempDir Path directory) throws IOException {
    Path path = directory.resolve("tokens");
    try (FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      Iterator<TokenFile> files = List.of(new TokenFile(path, channel)).iterator();

      assertThatThrownBy(
              () ->
                  ExampleSet.read(
                      ExampleSource.of(List.of(), List.of()),
                      new NoForm(),
                      8,
                      TrainingProgress.NONE,
                      () -> {
                        if (files.hasNext()) {
                          return files.next();
                        }
                        throw new FileSystemException("second", null, "Too many open files");
                      }))
          .hasMessageContaining("second");
      assertThat(channel.isOpen()).isFalse();
    }
  }
}
