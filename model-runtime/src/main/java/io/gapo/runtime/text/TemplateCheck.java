package io.gapo.runtime.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Looks at what a tokenizer makes of a template for the mistakes that no model reports: it trains
 * on whatever it reads.
 */
final class TemplateCheck {

  /** What is a token of its own wherever it is known: ChatML, Llama, DeepSeek, Gemma. */
  private static final Pattern SPECIAL_WORD =
      Pattern.compile(
          "<[|｜][^\\s<>|｜]+[|｜]>|</?s>|<(?:bos|eos|pad|unk|start_of_turn|end_of_turn)>");

  private static final Pattern ESCAPE = Pattern.compile("\\\\[nrt]");

  private TemplateCheck() {}

  /**
   * The token that the tokenizer puts before a text that begins with it already.
   *
   * @param complete tokens of a templated text, with those that the tokenizer adds
   * @param plain the same without
   */
  static OptionalInt doubledBegin(int[] complete, int[] plain) {
    boolean doubled =
        plain.length > 0
            && complete.length > plain.length
            && complete[0] == plain[0]
            && Arrays.equals(complete, 1, plain.length + 1, plain, 0, plain.length);
    return doubled ? OptionalInt.of(plain[0]) : OptionalInt.empty();
  }

  /** What is wrong with a template, in words, although it can be read. */
  static List<String> doubts(TemplatedText template, TokenizerJson tokenizer) {
    List<String> doubts = new ArrayList<>();
    String own = String.join("\n", template.trusted());
    Matcher word = SPECIAL_WORD.matcher(own);
    while (word.find()) {
      if (!tokenizer.hasToken(word.group())) {
        doubts.add(
            "'%s' is no token: the model reads its letters. If it was not trained with those,"
                    .formatted(word.group())
                + " spell the template as the model's own chat template does");
      }
    }
    Matcher escape = ESCAPE.matcher(own);
    if (escape.find()) {
      doubts.add(
          "'%s' is a backslash and a letter: within double quotes, a single backslash makes it one"
                  .formatted(escape.group())
              + " character");
    }
    return doubts.stream().distinct().toList();
  }
}
