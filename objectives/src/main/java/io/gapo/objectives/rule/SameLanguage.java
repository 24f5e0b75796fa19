package io.gapo.objectives.rule;

import io.gapo.core.rollout.Rollout;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Objects;
import opennlp.tools.langdetect.Language;
import opennlp.tools.langdetect.LanguageDetectorME;
import opennlp.tools.langdetect.LanguageDetectorModel;

/**
 * Prefers responses in the prompt's language, of 103: how likely it is that the response is in it,
 * divided by how likely it is that the response is in its likeliest language. Range: 0 to 1; 1
 * where the likeliest language is the prompt's. Short texts fit several languages, and get nearly 1
 * for each of these. A response without letters scores 0; a prompt without letters has no language.
 *
 * <p>Apache OpenNLP detects the language, by its own model.
 */
public record SameLanguage() implements Rule {

  /** Read, which takes seconds, by whoever scores only. */
  private static final class Detector {

    private static final String MODEL = "/langdetect-183.bin";

    static final LanguageDetectorME INSTANCE = new LanguageDetectorME(model());

    private static LanguageDetectorModel model() {
      try (InputStream model =
          Objects.requireNonNull(SameLanguage.class.getResourceAsStream(MODEL), MODEL)) {
        return new LanguageDetectorModel(model);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public double score(Rollout rollout) {
    if (!hasLetters(rollout.prompt())) {
      throw new UnscorableException("the prompt has no letters, and so no language");
    }
    if (!hasLetters(rollout.response())) {
      return 0;
    }
    String asked = Detector.INSTANCE.predictLanguage(rollout.prompt()).getLang();
    Language[] answered = Detector.INSTANCE.predictLanguages(rollout.response());
    return Arrays.stream(answered)
        .filter(language -> language.getLang().equals(asked))
        .mapToDouble(language -> language.getConfidence() / answered[0].getConfidence())
        .findFirst()
        .orElse(0);
  }

  private static boolean hasLetters(String text) {
    return text.codePoints().anyMatch(Character::isLetter);
  }
}
