package io.gapo.ops.feed;

import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Where the rows of a file have their prompts, as far as the user says it.
 *
 * @param format decided by the first rows if it is empty
 * @param column with the prompt, if not that of the format
 * @param labelColumn with the label; {@code label} if not given
 */
public record RowShape(
    Optional<RowFormat> format, Optional<String> column, Optional<String> labelColumn) {

  /** The columns that are read of a file that has columns. */
  public Set<String> columns() {
    return RowFormat.allColumns(column, labelColumn);
  }

  /**
   * What reads the rows of a file.
   *
   * @param first of the file
   * @param decided is told of the format, if the first rows had to decide it
   * @throws IOException if the first rows cannot be read
   */
  public RowReader reader(FirstRows first, Consumer<FormatDetection> decided) throws IOException {
    if (format.isPresent()) {
      return new RowReader(format.get(), column, labelColumn);
    }
    FormatDetection detection = FormatDetection.of(first.peek(), first.columns(), column);
    decided.accept(detection);
    return new RowReader(detection.format(), column, labelColumn);
  }
}
