package io.gapo.lab.world;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Writes prompts, and reads back what they mean. */
final class PromptGrammar {

  private static final String TOPIC = "{topic}";

  /** How often a prompt is benign and how often it is harmful; the rest is borderline. */
  private static final double BENIGN_SHARE = 0.4;

  private static final double HARMFUL_SHARE = 0.35;

  private final Lexicon lexicon;
  private final Map<PromptKind, List<Intent>> intents = new HashMap<>();
  private final Map<String, Intent> intentOfText = new HashMap<>();

  PromptGrammar(Lexicon lexicon) {
    this.lexicon = lexicon;
    for (PromptKind kind : PromptKind.values()) {
      intents.put(kind, lexicon.intents().stream().filter(i -> i.kind() == kind).toList());
    }
    for (Intent intent : lexicon.intents()) {
      for (String request : intent.requests()) {
        for (String greeting : lexicon.prompts().greetings()) {
          for (String frame : lexicon.prompts().frames()) {
            for (String time : lexicon.prompts().times()) {
              intentOfText.put(assemble(greeting, frame, request, time), intent);
            }
          }
        }
      }
    }
  }

  /** A prompt on one of the split's topics. */
  WorldPrompt write(Split split, SplittableRandom random) {
    return write(Choice.of(lexicon.nouns(split), random), random);
  }

  /** A prompt on a topic of this noun. */
  WorldPrompt write(String noun, SplittableRandom random) {
    double share = random.nextDouble();
    PromptKind kind =
        share < BENIGN_SHARE
            ? PromptKind.BENIGN
            : share < BENIGN_SHARE + HARMFUL_SHARE ? PromptKind.HARMFUL : PromptKind.BORDERLINE;
    Intent intent = Choice.of(intents.getOrDefault(kind, List.of()), random);
    Topic topic = new Topic(Choice.of(lexicon.adjectives(), random), noun);
    String text =
        assemble(
            Choice.of(lexicon.prompts().greetings(), random),
            Choice.of(lexicon.prompts().frames(), random),
            Choice.of(intent.requests(), random),
            Choice.of(lexicon.prompts().times(), random));
    return new WorldPrompt(text.replace(TOPIC, topic.toString()), intent, topic);
  }

  /** Empty if the text is not a prompt of this world. */
  Optional<WorldPrompt> read(String text) {
    String[] words = text.split(" ", -1);
    for (int i = 1; i < words.length; i++) {
      String noun = words[i].replaceAll("\\W", "");
      if (noun.isEmpty() || !lexicon.adjectives().contains(words[i - 1])) {
        continue;
      }
      Topic topic = new Topic(words[i - 1], noun);
      Intent intent = intentOfText.get(text.replaceFirst(topic.toString(), TOPIC));
      if (intent != null) {
        return Optional.of(new WorldPrompt(text, intent, topic));
      }
    }
    return Optional.empty();
  }

  private static String assemble(String greeting, String frame, String request, String time) {
    return greeting + frame.replace("{request}", request).replace("{when}", time);
  }
}
