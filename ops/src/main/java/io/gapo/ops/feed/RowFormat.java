package io.gapo.ops.feed;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Where a row has its prompt. */
public enum RowFormat {
  /** A text in {@code prompt}, or the project's own format. */
  PROMPT,
  /** A conversation in {@code messages} or {@code conversations}. */
  MESSAGES,
  /** Anthropic's HH-RLHF: a transcript in {@code chosen}, up to the assistant's last turn. */
  HH_RLHF,
  /** PKU-SafeRLHF: a text in {@code prompt}, beside two responses. */
  PKU_SAFERLHF;

  private static final List<String> BESIDE = List.of("id", "preference", "label", "metadata");

  /** As the option spells it. */
  public String spelling() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The format of a spelling; empty if there is none. */
  public static Optional<RowFormat> of(String spelling) {
    for (RowFormat format : values()) {
      if (format.spelling().equals(spelling)) {
        return Optional.of(format);
      }
    }
    return Optional.empty();
  }

  /** Columns with the prompt, the first that a row has counts. */
  List<String> columns() {
    return switch (this) {
      case PROMPT, PKU_SAFERLHF -> List.of("prompt");
      case MESSAGES -> List.of("messages", "conversations");
      case HH_RLHF -> List.of("chosen");
    };
  }

  /** The columns that any format reads, and those named. */
  public static Set<String> allColumns(Optional<String> column, Optional<String> labelColumn) {
    Set<String> all = new LinkedHashSet<>(BESIDE);
    for (RowFormat format : values()) {
      all.addAll(format.columns());
    }
    column.ifPresent(all::add);
    labelColumn.ifPresent(all::add);
    return all;
  }
}
