package io.gapo.runtime.scoring;

import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.text.TemplatedText;
import io.gapo.runtime.text.TextCodec;
import java.util.Arrays;
import java.util.List;

/**
 * What score models read: a templated prompt with its response, ended by the model's
 * end-of-sequence token, unless its template says what stands behind a response.
 */
public final class ScoredTexts {

  private static final int NO_TOKEN = -1;

  private final LlamaConfig config;
  private final TextCodec codec;
  private final boolean endIsAdded;

  /**
   * @param config of the model, with at least one end-of-sequence token
   * @param codec stays its owner's
   */
  public ScoredTexts(LlamaConfig config, TextCodec codec) {
    this.config = config;
    this.codec = codec;
    this.endIsAdded = codec.addedEnd().orElse(NO_TOKEN) == end();
  }

  /** The tokens of whole texts, however long. */
  public List<int[]> encode(List<TemplatedText> texts) {
    return codec.encodeTemplated(texts).stream().map(this::ended).toList();
  }

  /** Appends the end-of-sequence token, unless the template or the tokenizer did. */
  private int[] ended(int[] encoded) {
    if (codec.format().endsResponses() || endIsAdded) {
      return encoded;
    }
    int[] tokens = Arrays.copyOf(encoded, encoded.length + 1);
    tokens[encoded.length] = end();
    return tokens;
  }

  /**
   * Cuts the beginning off where the model cannot read all, behind the token that begins a sequence
   * if there is one: the score is about the answer.
   */
  public int[] cut(int[] tokens) {
    int length = Math.min(tokens.length, config.maxPositions());
    int[] read = Arrays.copyOfRange(tokens, tokens.length - length, tokens.length);
    if (tokens.length > 1 && config.specialTokens().begin().orElse(NO_TOKEN) == tokens[0]) {
      read[0] = tokens[0];
    }
    return read;
  }

  private int end() {
    return config.specialTokens().end().get(0);
  }
}
