package io.gapo.lab.training;

import io.gapo.lab.training.PairForm.TokenPair;
import io.gapo.runtime.scoring.ScoredTexts;
import io.gapo.runtime.text.PromptFormat;
import io.gapo.runtime.text.TemplatedText;
import java.util.Arrays;
import java.util.List;

/** What a score model reads of a pair: both answers as when it scores them. */
final class PairForm implements ExampleForm<JudgedPair, TokenPair> {

  private static final int NOTES = 3;

  private final PromptFormat format;
  private final ScoredTexts texts;

  /** A pair as tokens. */
  record TokenPair(int[] higher, int[] lower, int higherSign, int lowerSign) {}

  PairForm(PromptFormat format, ScoredTexts texts) {
    this.format = format;
    this.texts = texts;
  }

  @Override
  public List<TemplatedText> texts(JudgedPair pair) {
    return List.of(answered(pair.higher()), answered(pair.lower()));
  }

  private TemplatedText answered(AnsweredPrompt answer) {
    return format.answered(answer.history(), answer.prompt(), answer.response());
  }

  @Override
  public List<int[]> encode(List<TemplatedText> answers) {
    return texts.encode(answers);
  }

  @Override
  public TokenPair tokens(JudgedPair pair, List<int[]> encoded) {
    return new TokenPair(encoded.get(0), encoded.get(1), pair.higherSign(), pair.lowerSign());
  }

  @Override
  public int length(TokenPair pair) {
    return Math.max(pair.higher().length, pair.lower().length);
  }

  @Override
  public int[] pack(TokenPair pair) {
    int higher = pair.higher().length;
    int lower = pair.lower().length;
    int[] packed = new int[NOTES + higher + lower];
    packed[0] = pair.higherSign();
    packed[1] = pair.lowerSign();
    packed[2] = higher;
    System.arraycopy(pair.higher(), 0, packed, NOTES, higher);
    System.arraycopy(pair.lower(), 0, packed, NOTES + higher, lower);
    return packed;
  }

  @Override
  public TokenPair unpack(int[] packed) {
    int behindHigher = NOTES + packed[2];
    return new TokenPair(
        Arrays.copyOfRange(packed, NOTES, behindHigher),
        Arrays.copyOfRange(packed, behindHigher, packed.length),
        packed[0],
        packed[1]);
  }
}
