package io.gapo.lab.training;

import io.gapo.runtime.text.TemplatedText;
import java.util.List;

/**
 * What a model reads of an example.
 *
 * @param <E> an example
 * @param <T> an example as tokens
 */
interface ExampleForm<E, T> {

  /**
   * The example's texts.
   *
   * @throws io.gapo.runtime.text.UnreadableConversationException if the model cannot read them
   */
  List<TemplatedText> texts(E example);

  /** The tokens of texts, those of many examples one after another. */
  List<int[]> encode(List<TemplatedText> texts);

  /**
   * The example as tokens.
   *
   * @param encoded tokens of {@link #texts}
   */
  T tokens(E example, List<int[]> encoded);

  /** Tokens of the longest row that goes through the model. */
  int length(T example);

  int[] pack(T example);

  T unpack(int[] packed);
}
