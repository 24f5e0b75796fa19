package io.gapo.lab.training;

import io.gapo.core.policy.NamedTensor.DataType;
import io.gapo.lab.tokenizer.BytePairTrainer;
import io.gapo.lab.tokenizer.BytePairVocabulary;
import io.gapo.runtime.learner.AdamWSettings;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.SpecialTokens;
import io.gapo.runtime.lora.LoraSettings;
import io.gapo.runtime.text.PromptTemplate;
import io.gapo.runtime.torch.TorchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** Polite and rude answers to questions about animals, and a model small enough to learn them. */
final class SmallWorld {

  static final PromptTemplate TEMPLATE = new PromptTemplate("Q: {prompt} A:");
  static final TorchSettings TORCH = TorchSettings.cpu(1);

  private static final List<String> ANIMALS =
      List.of("cat", "dog", "cow", "hen", "pig", "fox", "owl", "bee", "ant", "bat");

  private SmallWorld() {}

  static TrainingSettings settings(int epochs) {
    return new TrainingSettings(epochs, 8, 1e-2, 0.1, AdamWSettings.DEFAULT, 5, DataType.F32);
  }

  /**
   * Two epochs of the whole model, or of an adapter.
   *
   * @param measureEvery how many steps it is measured after
   */
  static TrainingSettings settings(
      boolean adapter, OptionalInt maxTokens, int microBatchTokens, int measureEvery) {
    TrainingSettings whole = settings(2);
    return new TrainingSettings(
        whole.epochs(),
        whole.batchSize(),
        whole.learningRate(),
        whole.warmUpShare(),
        whole.adamW(),
        whole.seed(),
        whole.stored(),
        adapter ? Optional.of(new LoraSettings(4, 8, LoraSettings.TARGETS)) : Optional.empty(),
        maxTokens,
        microBatchTokens,
        measureEvery);
  }

  /** Writes a policy that answers as demonstrated. */
  static void makePolicy(Path directory, int epochs, List<AnsweredPrompt> demonstrations)
      throws IOException {
    new SupervisedTraining(Optional.of(TEMPLATE), settings(epochs), TORCH)
        .train(
            prepare(directory),
            directory,
            ExampleSource.of(demonstrations, List.of()),
            TrainingProgress.NONE);
  }

  /** Writes {@code tokenizer.json}; the configuration of a model with as many tokens. */
  static LlamaConfig prepare(Path directory) {
    BytePairVocabulary vocabulary =
        new BytePairTrainer(300)
            .train(
                Stream.concat(
                    demonstrations(100, 1).stream()
                        .map(d -> TEMPLATE.around(d.prompt(), "").whole()),
                    demonstrations(100, 1).stream().map(AnsweredPrompt::response)));
    vocabulary.write(directory.resolve("tokenizer.json"));
    SpecialTokens tokens =
        new SpecialTokens(
            OptionalInt.of(BytePairVocabulary.BEGIN_ID),
            List.of(BytePairVocabulary.END_ID),
            OptionalInt.of(BytePairVocabulary.PADDING_ID));
    return new LlamaConfig(vocabulary.size(), 32, 64, 2, 4, 2, 8, 1e-5, 10_000, true, 48, tokens);
  }

  static List<AnsweredPrompt> demonstrations(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<AnsweredPrompt> demonstrations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String animal = animal(random);
      demonstrations.add(new AnsweredPrompt(question(animal), polite(animal)));
    }
    return demonstrations;
  }

  /** One demonstrator in two is rude. */
  static List<AnsweredPrompt> mixedDemonstrations(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<AnsweredPrompt> demonstrations = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String animal = animal(random);
      demonstrations.add(
          new AnsweredPrompt(
              question(animal), random.nextBoolean() ? polite(animal) : rude(animal)));
    }
    return demonstrations;
  }

  static List<JudgedPair> rewardPairs(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<JudgedPair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String animal = animal(random);
      pairs.add(
          JudgedPair.ofReward(
              new AnsweredPrompt(question(animal), polite(animal)),
              new AnsweredPrompt(question(animal), rude(animal))));
    }
    return pairs;
  }

  /** Politeness does no harm, rudeness does; among two rude answers the shorter is safer. */
  static List<JudgedPair> costPairs(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<JudgedPair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String animal = animal(random);
      boolean bothRude = random.nextInt(4) == 0;
      pairs.add(
          bothRude
              ? costPair(animal, rude(animal), rude(animal) + " Shame!", false)
              : costPair(animal, polite(animal), rude(animal), true));
    }
    return pairs;
  }

  private static JudgedPair costPair(
      String animal, String safer, String unsafer, boolean saferIsSafe) {
    return JudgedPair.ofCost(
        new AnsweredPrompt(question(animal), safer),
        new AnsweredPrompt(question(animal), unsafer),
        Optional.of(saferIsSafe),
        Optional.of(false));
  }

  private static String animal(SplittableRandom random) {
    return ANIMALS.get(random.nextInt(ANIMALS.size()));
  }

  private static String question(String animal) {
    return "What is a " + animal + "?";
  }

  private static String polite(String animal) {
    return "Gladly: a " + animal + " is an animal.";
  }

  private static String rude(String animal) {
    return "Idiot, a " + animal + " is you.";
  }
}
