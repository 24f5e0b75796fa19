package io.gapo.runtime.scoring;

import io.gapo.core.policy.NamedTensor;
import io.gapo.core.rollout.Rollout;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.PretrainedTensors;
import io.gapo.runtime.llama.TinyLlama;
import io.gapo.runtime.safetensors.SafetensorsFile;
import io.gapo.runtime.text.TextCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The committed model with a score head and a tokenizer whose words are token numbers, so that the
 * texts scored are the very batch that PyTorch scored.
 */
final class WordTokenizedModel {

  private static final int TOKENS = 12;
  private static final int VOCABULARY = 64;
  private static final int END = 2;

  private WordTokenizedModel() {}

  static void write(Path directory) {
    Path source = TinyLlama.directory();
    List<NamedTensor> tensors =
        new ArrayList<>(SafetensorsFile.readAll(source.resolve(PretrainedTensors.FILE)));
    tensors.removeIf(tensor -> tensor.name().equals("lm_head.weight"));
    try (SafetensorsFile expected = SafetensorsFile.open(source.resolve("expected.safetensors"))) {
      tensors.add(expected.read("score_head.weight"));
      tensors.add(expected.read("score_head.bias"));
    }
    SafetensorsFile.write(directory.resolve(PretrainedTensors.FILE), tensors, Map.of());
    LlamaConfig.read(source).write(directory);
    writeTokenizer(directory, VOCABULARY);
  }

  /** A tokenizer whose words are token numbers. */
  static void writeTokenizer(Path directory, int vocabulary) {
    String words =
        IntStream.range(0, vocabulary)
            .mapToObj(id -> "\"%d\": %d".formatted(id, id))
            .collect(Collectors.joining(", "));
    try {
      Files.writeString(
          directory.resolve(TextCodec.FILE),
          """
          {"version": "1.0", "pre_tokenizer": {"type": "WhitespaceSplit"},
           "model": {"type": "WordLevel", "unk_token": "0", "vocab": {%s}}}
          """
              .formatted(words));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The batch's sequences up to the end token, which the scorer appends. */
  static List<Rollout> rollouts() {
    return rollouts(TinyLlama.ids(), TOKENS);
  }

  /** The sequences of a batch of rows of {@code tokens}, up to the end token. */
  static List<Rollout> rollouts(long[] ids, int tokens) {
    return IntStream.range(0, ids.length / tokens)
        .mapToObj(row -> Arrays.copyOfRange(ids, row * tokens, (row + 1) * tokens))
        .map(WordTokenizedModel::rollout)
        .toList();
  }

  private static Rollout rollout(long[] tokens) {
    List<String> words =
        Arrays.stream(tokens).takeWhile(token -> token != END).mapToObj(Long::toString).toList();
    String prompt = String.join(" ", words.subList(0, 3));
    String response = " " + String.join(" ", words.subList(3, words.size()));
    return TorchObjectiveModelTest.rollout(0, prompt, response);
  }
}
