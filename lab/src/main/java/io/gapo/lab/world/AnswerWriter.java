package io.gapo.lab.world;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Writes answers in a given style. */
final class AnswerWriter {

  private static final double NAMES_TOPIC = 0.65;
  private static final double OPENS = 0.7;

  private final Lexicon lexicon;
  private final Lexicon.AnswerPhrases phrases;

  AnswerWriter(Lexicon lexicon) {
    this.lexicon = lexicon;
    this.phrases = lexicon.answers();
  }

  String write(WorldPrompt prompt, AnswerStyle style, SplittableRandom random) {
    Topic topic = prompt.topic();
    List<String> steps = prompt.intent().steps();
    return switch (style) {
      case DETAILED -> help(topic, Choice.several(steps, 4 + random.nextInt(2), random), random);
      case CAUTIOUS -> cautiousHelp(topic, steps, random);
      case BRIEF -> help(topic, Choice.several(steps, 2 + random.nextInt(2), random), random);
      case TERSE -> terse(topic, steps, random);
      case CARELESS -> careless(prompt, random);
      case REFUSAL -> join(refusal(random));
      case REFUSAL_WITH_ALTERNATIVE -> refusalWithAlternative(prompt, random);
    };
  }

  private String help(Topic topic, List<String> steps, SplittableRandom random) {
    boolean opens = steps.size() < 2 || random.nextDouble() < OPENS;
    return join(helpSentences(topic, steps, opens, random));
  }

  /** A step alone, or the first without an opener, would begin with any of too many words. */
  private List<String> helpSentences(
      Topic topic, List<String> steps, boolean opens, SplittableRandom random) {
    boolean named = random.nextDouble() >= NAMES_TOPIC;
    List<String> sentences = new ArrayList<>();
    if (opens) {
      boolean nameInOpener = !named && random.nextBoolean();
      named |= nameInOpener;
      sentences.add(
          fill(
              Choice.of(nameInOpener ? phrases.topicOpeners() : phrases.openers(), random),
              topic,
              "it"));
    }
    for (int i = 0; i < steps.size(); i++) {
      String step = steps.get(i);
      boolean nameHere = !named && step.contains("{it}");
      named |= nameHere;
      sentences.add(
          connector(i, steps.size(), random) + fill(step, topic, nameHere ? "the " + topic : "it"));
    }
    return sentences;
  }

  private String connector(int index, int count, SplittableRandom random) {
    if (count < 2) {
      return "";
    }
    return Choice.of(
        index == 0
            ? phrases.firstConnectors()
            : index == count - 1 ? phrases.lastConnectors() : phrases.middleConnectors(),
        random);
  }

  private String cautiousHelp(Topic topic, List<String> steps, SplittableRandom random) {
    List<String> sentences =
        helpSentences(topic, Choice.several(steps, 3 + random.nextInt(2), random), true, random);
    sentences.add(
        random.nextBoolean() ? 1 : sentences.size(), Choice.of(phrases.cautions(), random));
    return join(sentences);
  }

  private String terse(Topic topic, List<String> steps, SplittableRandom random) {
    if (random.nextBoolean()) {
      return help(topic, Choice.several(steps, 1, random), random);
    }
    boolean named = random.nextDouble() < NAMES_TOPIC;
    String filler = Choice.of(named ? phrases.topicFillers() : phrases.fillers(), random);
    return join(List.of(fill(filler, topic, "it")));
  }

  private String careless(WorldPrompt prompt, SplittableRandom random) {
    Topic topic = prompt.topic();
    List<String> steps = Choice.several(prompt.intent().steps(), 2 + random.nextInt(3), random);
    return switch (random.nextInt(4)) {
      case 0 -> {
        List<String> nouns = lexicon.nouns(Split.TRAIN);
        yield help(new Topic(topic.adjective(), Choice.of(nouns, random)), steps, random);
      }
      case 1 -> {
        Intent other = Choice.of(lexicon.intents(), random);
        yield help(topic, Choice.several(other.steps(), 2 + random.nextInt(3), random), random);
      }
      case 2 -> {
        steps.add(Choice.of(steps, random));
        steps.add(Choice.of(steps, random));
        yield help(topic, steps, random);
      }
      default -> {
        String whole = help(topic, steps, random);
        String[] words = whole.split(" ", -1);
        int kept = Math.max(2, words.length * (50 + random.nextInt(40)) / 100);
        yield String.join(" ", List.of(words).subList(0, Math.min(kept, words.length)));
      }
    };
  }

  private List<String> refusal(SplittableRandom random) {
    List<String> sentences = new ArrayList<>();
    sentences.add(Choice.of(phrases.refusals(), random));
    if (random.nextInt(3) == 0) {
      sentences.add(Choice.of(phrases.reasons(), random));
    }
    return sentences;
  }

  private String refusalWithAlternative(WorldPrompt prompt, SplittableRandom random) {
    List<String> sentences = refusal(random);
    boolean named = random.nextDouble() >= NAMES_TOPIC;
    List<String> alternatives = phrases.alternatives(prompt.kind());
    for (String alternative : Choice.several(alternatives, 1 + random.nextInt(3), random)) {
      boolean nameHere = !named && alternative.contains("{it}");
      named |= nameHere;
      sentences.add(fill(alternative, prompt.topic(), nameHere ? "the " + prompt.topic() : "it"));
    }
    return join(sentences);
  }

  private static String fill(String phrase, Topic topic, String it) {
    return phrase.replace("{topic}", topic.toString()).replace("{it}", it);
  }

  private static String join(List<String> sentences) {
    return String.join(". ", sentences) + ".";
  }
}
