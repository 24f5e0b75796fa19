package io.gapo.lab.world;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/**
 * A small world of requests in simple English, some of which should not be fulfilled: the source of
 * the demo's prompts, demonstrations and preferences.
 *
 * <p>Everything is a function of split, count and seed. Splits share intents, that is what makes a
 * prompt harmful, and no topic.
 */
public final class World {

  /** Share of a pair's labels that are wrong, as people's are. */
  private static final double LABEL_NOISE = 0.03;

  /** A pair of answers differs by at least this much in helpfulness and harm, if it can. */
  private static final double CLEAR_HELPFULNESS = 0.5;

  private static final double CLEAR_HARM = 0.1;
  private static final int TRIES = 20;

  /** About as long as a policy's answers are allowed to be. */
  private static final int LONGEST_WORDS = 60;

  /** Share of the prompts to learn from whose topic has an invented name. */
  private static final double INVENTED = 0.5;

  /** How the demonstrators answer: they help some, refuse some, and neither at the right times. */
  private static final Map<PromptKind, Map<AnswerStyle, Double>> DEMONSTRATED =
      Map.of(
          PromptKind.BENIGN, mixture(0.15, 0.05, 0.30, 0.22, 0.08, 0.20, 0.00),
          PromptKind.BORDERLINE, mixture(0.15, 0.15, 0.25, 0.17, 0.08, 0.12, 0.08),
          PromptKind.HARMFUL, mixture(0.18, 0.02, 0.22, 0.12, 0.06, 0.25, 0.15));

  /** The answers that people compared: all styles, flaws included. */
  private static final Map<PromptKind, Map<AnswerStyle, Double>> COMPARED =
      Map.of(
          PromptKind.BENIGN, mixture(0.22, 0.05, 0.22, 0.16, 0.25, 0.10, 0.00),
          PromptKind.BORDERLINE, mixture(0.16, 0.20, 0.16, 0.10, 0.18, 0.10, 0.10),
          PromptKind.HARMFUL, mixture(0.20, 0.03, 0.15, 0.12, 0.15, 0.15, 0.20));

  private final Lexicon lexicon = Lexicon.load();
  private final PromptGrammar grammar = new PromptGrammar(lexicon);
  private final AnswerWriter writer = new AnswerWriter(lexicon);
  private final GoldGrader grader = new GoldGrader(grammar, new AnswerReader(lexicon));

  /** The grader of answers to this world's prompts. */
  public GoldGrader grader() {
    return grader;
  }

  /** The nouns of a split's topics. */
  public List<String> nouns(Split split) {
    return lexicon.nouns(split);
  }

  /** What a prompt of this world means; empty if the text is not one. */
  public Optional<WorldPrompt> read(String prompt) {
    return grammar.read(prompt);
  }

  /** Different prompts. */
  public List<WorldPrompt> prompts(Split split, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Set<WorldPrompt> prompts = new LinkedHashSet<>();
    while (prompts.size() < count) {
      prompts.add(grammar.write(split, random));
    }
    return List.copyOf(prompts);
  }

  /** A prompt to learn from: on a topic of the split or, of the training split, an invented one. */
  WorldPrompt lesson(Split split, SplittableRandom random) {
    return split == Split.TRAIN && random.nextDouble() < INVENTED
        ? grammar.write(InventedNouns.invent(random), random)
        : grammar.write(split, random);
  }

  /** Prompts with the answers of mediocre demonstrators, for supervised fine-tuning. */
  public List<Demonstration> demonstrations(Split split, int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Demonstration> demonstrations = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      WorldPrompt prompt = lesson(split, random);
      demonstrations.add(new Demonstration(prompt.text(), demonstrated(prompt, random)));
    }
    return demonstrations;
  }

  /** What a mediocre demonstrator answers. */
  String demonstrated(WorldPrompt prompt, SplittableRandom random) {
    return answer(prompt, DEMONSTRATED, random);
  }

  /** Pairs of demonstrators' answers with labels. */
  public List<PreferencePair> preferences(Split split, int count, long seed) {
    return preferences(split, count, seed, 0);
  }

  /**
   * Pairs of answers with labels, for reward and cost models.
   *
   * @param strayShare of the pairs, 0 to 1, of which one answer is the other one spoiled, and of
   *     the other pairs' answers that no demonstrator would write: score models that never saw what
   *     only a policy comes up with can be gamed by it
   */
  public List<PreferencePair> preferences(Split split, int count, long seed, double strayShare) {
    SplittableRandom random = new SplittableRandom(seed);
    List<PreferencePair> pairs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      pairs.add(pair(lesson(split, random), strayShare, random));
    }
    return pairs;
  }

  /**
   * Pairs with labels, one a prompt, of what a policy answered.
   *
   * @param answers of the policy, one or several a prompt, in the prompts' order; where they are
   *     alike, the first is compared with a demonstrator's
   */
  public List<PreferencePair> preferences(
      List<WorldPrompt> prompts, List<List<String>> answers, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<PreferencePair> pairs = new ArrayList<>(prompts.size());
    for (int i = 0; i < prompts.size(); i++) {
      WorldPrompt prompt = prompts.get(i);
      Iterator<String> candidates = answers.get(i).iterator();
      pairs.add(
          pair(
              prompt,
              () -> candidates.hasNext() ? candidates.next() : compared(prompt, 0, random),
              random));
    }
    return pairs;
  }

  private PreferencePair pair(WorldPrompt prompt, double strayShare, SplittableRandom random) {
    if (random.nextDouble() >= strayShare) {
      return pair(prompt, () -> compared(prompt, strayShare, random), random);
    }
    String answer = answer(prompt, COMPARED, random);
    String spoiled = spoiled(prompt, answer, random);
    return random.nextBoolean()
        ? judged(prompt, answer, spoiled, random)
        : judged(prompt, spoiled, answer, random);
  }

  /** The first answer, and the next that differs from it clearly. */
  private PreferencePair pair(
      WorldPrompt prompt, Supplier<String> answers, SplittableRandom random) {
    String first = answers.get();
    GoldGrade firstGrade = grader.grade(prompt, first);
    String second = first;
    GoldGrade secondGrade = firstGrade;
    for (int i = 0; i < TRIES && !differClearly(prompt, firstGrade, secondGrade); i++) {
      second = answers.get();
      secondGrade = grader.grade(prompt, second);
    }
    return judged(prompt, first, second, random);
  }

  private PreferencePair judged(
      WorldPrompt prompt, String first, String second, SplittableRandom random) {
    GoldGrade firstGrade = grader.grade(prompt, first);
    GoldGrade secondGrade = grader.grade(prompt, second);
    boolean secondBetter = isHigher(secondGrade.helpfulness(), firstGrade.helpfulness(), random);
    boolean secondSafer = isHigher(-secondGrade.harm(), -firstGrade.harm(), random);
    return new PreferencePair(
        prompt.text(),
        first,
        second,
        noisy(secondBetter, random) ? 1 : 0,
        noisy(secondSafer, random) ? 1 : 0,
        noisy(firstGrade.isSafe(), random),
        noisy(secondGrade.isSafe(), random));
  }

  /**
   * An answer that people were given to compare: what a demonstrator writes, or what only a policy
   * comes up with.
   */
  private String compared(WorldPrompt prompt, double strayShare, SplittableRandom random) {
    if (random.nextDouble() >= strayShare) {
      return answer(prompt, COMPARED, random);
    }
    return switch (random.nextInt(4)) {
      case 0 -> misplaced(prompt, random);
      case 1 -> misplacedRefusal(prompt, random);
      case 2 ->
          runningOn(
              random.nextBoolean() ? misplaced(prompt, random) : answer(prompt, COMPARED, random),
              random);
      default -> misplaced(prompt, random) + " " + answer(prompt, COMPARED, random);
    };
  }

  /** Whoever sees no difference decides by chance. */
  private static boolean isHigher(double value, double other, SplittableRandom random) {
    return value == other ? random.nextBoolean() : value > other;
  }

  /** The answer with one flaw more, as a policy has them and a demonstrator has not. */
  private String spoiled(WorldPrompt prompt, String answer, SplittableRandom random) {
    String noun = prompt.topic().noun();
    return switch (random.nextInt(4)) {
      case 0 ->
          answer.contains(noun)
              ? answer.replace(noun, otherNoun(noun, random))
              : repeating(answer, random);
      case 1 -> repeating(answer, random);
      case 2 -> runningOn(answer, random);
      default -> misplacedRefusal(prompt, random);
    };
  }

  /** Something like the noun, or another. */
  private String otherNoun(String noun, SplittableRandom random) {
    int kept = Math.min(noun.length(), 1 + random.nextInt(4));
    return switch (random.nextInt(3)) {
      case 0 -> Choice.of(lexicon.nouns(Split.TRAIN), random);
      case 1 -> noun.substring(0, kept) + InventedNouns.invent(random);
      default -> InventedNouns.invent(random);
    };
  }

  /** As long as the answer, but some of its sentences are others of them again. */
  private static String repeating(String answer, SplittableRandom random) {
    String[] sentences = answer.split("(?<=\\.) ", -1);
    if (sentences.length < 2) {
      return answer + " " + answer;
    }
    int changes = 1 + random.nextInt(sentences.length - 1);
    for (int i = 0; i < changes; i++) {
      int at = 1 + random.nextInt(sentences.length - 1);
      sentences[at] = sentences[random.nextInt(at)];
    }
    return String.join(" ", sentences);
  }

  /** What would answer another prompt on the same topic. */
  private String misplaced(WorldPrompt prompt, SplittableRandom random) {
    Intent other = Choice.of(lexicon.intents(), random);
    return answer(new WorldPrompt(prompt.text(), other, prompt.topic()), COMPARED, random);
  }

  /** A refusal that offers what would be an alternative to something else. */
  private String misplacedRefusal(WorldPrompt prompt, SplittableRandom random) {
    List<Intent> refusable =
        lexicon.intents().stream().filter(intent -> intent.kind() != PromptKind.BENIGN).toList();
    return writer.write(
        new WorldPrompt(prompt.text(), Choice.of(refusable, random), prompt.topic()),
        AnswerStyle.REFUSAL_WITH_ALTERNATIVE,
        random);
  }

  /** An answer that repeats its end, as of a policy that does not know how to stop. */
  private static String runningOn(String answer, SplittableRandom random) {
    String[] sentences = answer.split("(?<=\\.) ", -1);
    StringBuilder text = new StringBuilder(answer);
    int repeats = 1 + random.nextInt(6);
    for (int i = 0; i < repeats; i++) {
      text.append(' ').append(sentences[random.nextInt(sentences.length)]);
    }
    String[] words = text.toString().split(" ", -1);
    int kept = Math.min(words.length, LONGEST_WORDS - random.nextInt(LONGEST_WORDS / 4));
    return String.join(" ", Arrays.asList(words).subList(0, kept));
  }

  /** Answers to a benign prompt do no harm, with few exceptions. */
  private static boolean differClearly(WorldPrompt prompt, GoldGrade a, GoldGrade b) {
    return Math.abs(a.helpfulness() - b.helpfulness()) >= CLEAR_HELPFULNESS
        && (prompt.kind() == PromptKind.BENIGN || Math.abs(a.harm() - b.harm()) >= CLEAR_HARM);
  }

  private static boolean noisy(boolean label, SplittableRandom random) {
    return label ^ random.nextDouble() < LABEL_NOISE;
  }

  private String answer(
      WorldPrompt prompt,
      Map<PromptKind, Map<AnswerStyle, Double>> mixtures,
      SplittableRandom random) {
    AnswerStyle style = Choice.from(mixtures.getOrDefault(prompt.kind(), Map.of()), random);
    return writer.write(prompt, style, random);
  }

  /** Shares of the styles, in their order. */
  private static Map<AnswerStyle, Double> mixture(double... shares) {
    Map<AnswerStyle, Double> mixture = new EnumMap<>(AnswerStyle.class);
    AnswerStyle[] styles = AnswerStyle.values();
    for (int i = 0; i < styles.length; i++) {
      mixture.put(styles[i], shares[i]);
    }
    return mixture;
  }
}
