package io.gapo.lab.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gapo.testing.Cases;
import io.gapo.testing.Draw;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class TokenFileTest {

  @Cases(20)
  void givesBackEveryRow(Draw draw) throws IOException {
    List<int[]> rows = new ArrayList<>();
    int count = draw.between(0, 1500);
    try (TokenFile file = TokenFile.create();
        TokenFile other = TokenFile.create()) {
      for (int i = 0; i < count; i++) {
        int[] row = new int[draw.between(0, 5)];
        for (int j = 0; j < row.length; j++) {
          row[j] = draw.between(-7, 1 << 30);
        }
        rows.add(row);
        file.add(row, row.length + 1);
        other.add(row, 0);
      }
      file.flush();
      other.add(new int[] {3}, 0);

      assertThat(file.size()).isEqualTo(count);
      for (int i = count - 1; i >= 0; i--) {
        assertThat(file.get(i)).isEqualTo(rows.get(i));
        assertThat(file.length(i)).isEqualTo(rows.get(i).length + 1);
      }
      assertThat(other.checksum()).isNotEqualTo(file.checksum());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void namesItselfWhenTheDiskIsFull() throws IOException {
    Path full = Path.of("/dev/full");
    try (TokenFile file = new TokenFile(full, FileChannel.open(full, StandardOpenOption.WRITE))) {
      file.add(new int[] {1}, 1);

      assertNamesTheRemedy(file::flush);
      assertNamesTheRemedy(() -> file.add(new int[1 << 16], 1));
    }
  }

  private static void assertNamesTheRemedy(ThrowingCallable write) {
    assertThatThrownBy(write)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContainingAll("/dev/full", "No space left on device", "-Djava.io.tmpdir");
  }
}
