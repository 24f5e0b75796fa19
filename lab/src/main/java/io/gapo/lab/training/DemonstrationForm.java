package io.gapo.lab.training;

import io.gapo.lab.training.DemonstrationForm.Sequence;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.text.TemplatedText;
import io.gapo.runtime.text.TextCodec;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;

/**
 * What a policy reads of a demonstration: the prompt as when it is sampled from, then the response
 * with the token that ends it, as the model's template has them.
 */
final class DemonstrationForm implements ExampleForm<AnsweredPrompt, Sequence> {

  private final TextCodec codec;
  private final List<Integer> ends;
  private final OptionalInt addedEnd;

  /** A demonstration as tokens; the first {@code promptLength} are not learned. */
  record Sequence(int[] tokens, int promptLength) {

    int length() {
      return tokens.length;
    }

    int responseLength() {
      return tokens.length - promptLength;
    }
  }

  /**
   * @param config of the policy, with at least one end-of-sequence token
   * @param codec stays its owner's
   */
  DemonstrationForm(LlamaConfig config, TextCodec codec) {
    this.codec = codec;
    this.ends = config.specialTokens().end();
    this.addedEnd = codec.format().endsResponses() ? OptionalInt.empty() : codec.addedEnd();
  }

  @Override
  public List<TemplatedText> texts(AnsweredPrompt example) {
    return List.of(
        codec.format().prompt(example.history(), example.prompt()),
        codec.format().answered(example.history(), example.prompt(), example.response()));
  }

  @Override
  public List<int[]> encode(List<TemplatedText> texts) {
    return codec.encodeTemplated(texts).stream().map(this::withoutAddedEnd).toList();
  }

  private int[] withoutAddedEnd(int[] tokens) {
    return addedEnd.isPresent() ? Arrays.copyOf(tokens, tokens.length - 1) : tokens;
  }

  @Override
  public Sequence tokens(AnsweredPrompt example, List<int[]> encoded) {
    int[] prompt = encoded.get(0);
    int[] whole = encoded.get(1);
    int same = Arrays.mismatch(prompt, whole);
    boolean continues = same < 0 || same == prompt.length;
    int[] response =
        continues
            ? Arrays.copyOfRange(whole, prompt.length, whole.length)
            : alone(example.response());
    int end = firstEnd(response);
    int length = end < 0 ? response.length : end;
    int[] tokens = Arrays.copyOf(prompt, prompt.length + length + 1);
    System.arraycopy(response, 0, tokens, prompt.length, length);
    tokens[tokens.length - 1] = end < 0 ? lastEnd(whole) : response[end];
    return new Sequence(tokens, prompt.length);
  }

  /**
   * The response where its prompt, once answered, no longer reads as it did before: with templates
   * that end a prompt with what they leave out of answers, such as the start of a thought.
   */
  private int[] alone(String response) {
    return codec.encode(new TemplatedText(List.of(new TemplatedText.Part(response, false)), true));
  }

  private int firstEnd(int[] tokens) {
    for (int i = 0; i < tokens.length; i++) {
      if (ends.contains(tokens[i])) {
        return i;
      }
    }
    return -1;
  }

  /** The token that the template ends a response with; the model's first where it does not. */
  private int lastEnd(int[] whole) {
    for (int i = whole.length - 1; codec.format().endsResponses() && i >= 0; i--) {
      if (ends.contains(whole[i])) {
        return whole[i];
      }
    }
    return ends.get(0);
  }

  @Override
  public int length(Sequence example) {
    return example.length();
  }

  @Override
  public int[] pack(Sequence example) {
    int[] packed = new int[example.length() + 1];
    packed[0] = example.promptLength();
    System.arraycopy(example.tokens(), 0, packed, 1, example.length());
    return packed;
  }

  @Override
  public Sequence unpack(int[] packed) {
    return new Sequence(Arrays.copyOfRange(packed, 1, packed.length), packed[0]);
  }
}
