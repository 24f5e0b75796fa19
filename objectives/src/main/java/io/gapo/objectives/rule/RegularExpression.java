package io.gapo.objectives.rule;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.settings.InvalidSettingException;

/**
 * 1 if the response matches, else 0. Range: 0 to 1.
 *
 * <p>By RE2's syntax, which has no back-references and no look-around: in return no response,
 * however odd, takes more than linear time.
 *
 * @param pattern found anywhere in the response; {@code \A…\z} for the whole of it
 */
public record RegularExpression(Pattern pattern) implements Rule {

  /** Refuses an expression that RE2 does not understand, saying where. */
  public static RegularExpression of(String pattern) {
    try {
      return new RegularExpression(Pattern.compile(pattern));
    } catch (PatternSyntaxException e) {
      throw new InvalidSettingException(
          "pattern",
          "is no regular expression of RE2 (no look-around, no back-references): "
              + e.getMessage());
    }
  }

  @Override
  public double score(Rollout rollout) {
    return pattern.matcher(rollout.response()).find() ? 1 : 0;
  }
}
