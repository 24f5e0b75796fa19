package io.gapo.lab.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.gapo.lab.report.ResultsJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a result is made with: two of the same provenance are the same but for chance.
 *
 * @param madeWith values as text, by setting or option
 */
record Provenance(Map<String, String> madeWith) {

  private static final String ABSENT = "nothing";

  Provenance {
    madeWith = Collections.unmodifiableMap(new TreeMap<>(madeWith));
  }

  /**
   * Makes sure that a file, of a result or of a run that has begun, is of this provenance.
   *
   * @param remedy what to do if it is not
   * @throws OtherSettingsException naming the file and the first setting that differs
   * @throws IOException if it cannot be read
   */
  void requireOf(Path file, String remedy) throws IOException {
    Optional<Map<String, String>> kept;
    try {
      kept = ResultsJson.readMadeWith(file);
    } catch (JsonProcessingException e) {
      throw new OtherSettingsException("%s is not JSON: %s".formatted(file, remedy), e);
    }
    if (kept.isEmpty()) {
      throw new OtherSettingsException(
          "%s does not say what settings it was made with: %s".formatted(file, remedy), null);
    }
    SortedSet<String> keys = new TreeSet<>(madeWith.keySet());
    keys.addAll(kept.get().keySet());
    for (String key : keys) {
      @Nullable String was = kept.get().get(key);
      @Nullable String is = madeWith.get(key);
      if (was == null || !was.equals(is)) {
        throw new OtherSettingsException(
            "%s was made with %s = %s, and now it is %s: %s"
                .formatted(file, key, was == null ? ABSENT : was, is == null ? ABSENT : is, remedy),
            null);
      }
    }
  }
}
