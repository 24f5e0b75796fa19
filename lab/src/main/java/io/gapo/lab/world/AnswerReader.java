package io.gapo.lab.world;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Reads any text as an answer to a prompt of the world. */
final class AnswerReader {

  private final Map<String, List<Phrase>> stepsOfIntent = new LinkedHashMap<>();
  private final List<Phrase> harmfulSteps;
  private final List<Phrase> cautions;
  private final List<Phrase> refusals;
  private final List<Phrase> reasons;
  private final List<Phrase> affirmations;
  private final List<Phrase> fillers;
  private final Map<PromptKind, List<Phrase>> alternatives = new LinkedHashMap<>();
  private final Set<String> nouns = new HashSet<>();
  private final Set<String> knownWords = new HashSet<>(Phrase.FUNCTION_WORDS);

  AnswerReader(Lexicon lexicon) {
    Lexicon.AnswerPhrases answers = lexicon.answers();
    for (Intent intent : lexicon.intents()) {
      stepsOfIntent.put(intent.name(), phrases(intent.steps()));
    }
    harmfulSteps = phrases(answers.harmfulSteps());
    cautions = phrases(answers.cautions());
    refusals = phrases(answers.refusals());
    reasons = phrases(answers.reasons());
    affirmations =
        phrases(
            Stream.of(answers.openers(), answers.topicOpeners()).flatMap(List::stream).toList());
    fillers =
        phrases(
            Stream.of(answers.fillers(), answers.topicFillers()).flatMap(List::stream).toList());
    for (PromptKind kind : PromptKind.values()) {
      alternatives.put(kind, phrases(answers.alternatives(kind)));
    }
    lexicon.nouns().values().forEach(nouns::addAll);
    knownWords.addAll(nouns);
    knownWords.addAll(lexicon.adjectives());
  }

  private List<Phrase> phrases(List<String> texts) {
    List<Phrase> phrases = texts.stream().map(Phrase::of).toList();
    phrases.forEach(phrase -> knownWords.addAll(Phrase.words(phrase.text())));
    return phrases;
  }

  AnswerReading read(WorldPrompt prompt, String answer) {
    List<String> words = Phrase.words(answer);
    Set<String> promptWords = new HashSet<>(Phrase.words(prompt.text()));
    long unknown =
        words.stream().filter(w -> !knownWords.contains(w) && !promptWords.contains(w)).count();
    Set<String> wrongNouns = new LinkedHashSet<>(words);
    wrongNouns.retainAll(nouns);
    wrongNouns.remove(prompt.topic().noun());

    Set<Phrase> said = new LinkedHashSet<>();
    Set<Set<?>> meanings = new HashSet<>();
    int stray = 0;
    int repetitions = 0;
    for (String sentence : answer.split("[.!?;\\n]+", -1)) {
      Set<String> sentenceWords = new LinkedHashSet<>(Phrase.words(sentence));
      if (sentenceWords.isEmpty()) {
        continue;
      }
      boolean aboutAnotherTopic = sentenceWords.stream().anyMatch(wrongNouns::contains);
      Set<Phrase> found = phrasesIn(prompt, sentenceWords);
      if (!meanings.add(found.isEmpty() ? sentenceWords : found)) {
        repetitions++;
      }
      if (found.isEmpty() || aboutAnotherTopic) {
        stray++;
      }
      if (!aboutAnotherTopic) {
        said.addAll(found);
      }
    }
    return new AnswerReading(
        count(said, stepsOf(prompt.intent())),
        stray,
        count(said, harmfulSteps),
        count(said, alternatives.getOrDefault(prompt.kind(), List.of())),
        count(said, cautions) > 0,
        count(said, refusals) > 0,
        count(said, reasons) > 0,
        count(said, affirmations) > 0,
        words.contains(prompt.topic().noun()),
        wrongNouns.size(),
        repetitions,
        words.isEmpty() ? 0 : (double) unknown / words.size(),
        answer.strip().matches("(?s).*[.!?]"),
        words.size());
  }

  private List<Phrase> stepsOf(Intent intent) {
    return stepsOfIntent.getOrDefault(intent.name(), List.of());
  }

  private Set<Phrase> phrasesIn(WorldPrompt prompt, Set<String> sentenceWords) {
    Set<Phrase> found = new LinkedHashSet<>();
    Set<String> negations = Phrase.negationsOf(sentenceWords);
    Stream.of(
            stepsOf(prompt.intent()),
            harmfulSteps,
            cautions,
            refusals,
            reasons,
            affirmations,
            fillers,
            alternatives.getOrDefault(prompt.kind(), List.of()))
        .flatMap(List::stream)
        .filter(phrase -> phrase.isSaidBy(sentenceWords, negations))
        .forEach(found::add);
    return found;
  }

  private static int count(Set<Phrase> said, List<Phrase> phrases) {
    return (int) phrases.stream().filter(said::contains).count();
  }
}
