package io.gapo.lab.examples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.Prompt;
import io.gapo.lab.training.AnsweredPrompt;
import io.gapo.lab.training.JudgedPair;
import io.gapo.lab.training.ScoreType;
import io.gapo.ops.feed.Answered;
import io.gapo.streams.codec.MalformedRecordException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads pairs of answers, in one of these shapes:
 *
 * <ul>
 *   <li>{@code chosen} and {@code rejected}, of which the first is better, or safer: transcripts of
 *       HH-RLHF, conversations as messages, or answers to {@code prompt};
 *   <li>PKU-SafeRLHF's {@code prompt}, {@code response_0}, {@code response_1}, with {@code
 *       better_response_id} for a reward model, with {@code safer_response_id} and {@code
 *       is_response_0_safe}, {@code is_response_1_safe} for a cost model.
 * </ul>
 *
 * @param type of the model that learns from them
 * @param promptColumn with the prompt, if not {@code prompt}
 */
public record PairReader(ScoreType type, Optional<String> promptColumn)
    implements ExampleReader<JudgedPair> {

  private static final String CHOSEN = "chosen";
  private static final String REJECTED = "rejected";
  private static final List<String> RESPONSES = List.of("response_0", "response_1");
  private static final List<String> SAFE = List.of("is_response_0_safe", "is_response_1_safe");

  private String prompt() {
    return promptColumn.orElse("prompt");
  }

  /** The column that says which of two numbered responses is to be chosen. */
  private String choice() {
    return type == ScoreType.REWARD ? "better_response_id" : "safer_response_id";
  }

  @Override
  public Set<String> columns() {
    Set<String> columns = new LinkedHashSet<>(List.of(prompt(), CHOSEN, REJECTED, choice()));
    columns.addAll(RESPONSES);
    columns.addAll(SAFE);
    return columns;
  }

  /** Whether a row has columns of a pair. */
  static boolean isPair(ObjectNode row) {
    return row.hasNonNull(CHOSEN) || row.hasNonNull(RESPONSES.get(0));
  }

  @Override
  public JudgedPair read(ObjectNode row) throws MalformedRecordException {
    if (row.hasNonNull(CHOSEN)) {
      return pair(answer(row, CHOSEN), answer(row, REJECTED), Optional.empty(), Optional.empty());
    }
    if (!row.hasNonNull(RESPONSES.get(0))) {
      throw new MalformedRecordException(
          "it has neither 'chosen' and 'rejected' nor 'response_0' and 'response_1'");
    }
    JsonNode id = column(row, choice());
    if (!id.isIntegralNumber() || id.longValue() < 0 || id.longValue() > 1) {
      throw new MalformedRecordException("'%s' must be 0 or 1, was %s".formatted(choice(), id));
    }
    int chosen = id.intValue();
    return pair(
        answer(row, RESPONSES.get(chosen)),
        answer(row, RESPONSES.get(1 - chosen)),
        safe(row, chosen),
        safe(row, 1 - chosen));
  }

  private JudgedPair pair(
      AnsweredPrompt chosen,
      AnsweredPrompt rejected,
      Optional<Boolean> chosenIsSafe,
      Optional<Boolean> rejectedIsSafe)
      throws MalformedRecordException {
    if (chosen.equals(rejected)) {
      throw new MalformedRecordException("both responses are the same");
    }
    if (type == ScoreType.REWARD) {
      return JudgedPair.ofReward(chosen, rejected);
    }
    if (!chosenIsSafe.orElse(true) && rejectedIsSafe.orElse(false)) {
      throw new MalformedRecordException(
          "the response that 'safer_response_id' names is not safe, and the other one is");
    }
    return JudgedPair.ofCost(chosen, rejected, chosenIsSafe, rejectedIsSafe);
  }

  private AnsweredPrompt answer(ObjectNode row, String name) throws MalformedRecordException {
    JsonNode column = column(row, name);
    return Answers.of(
        Answered.isConversation(column)
            ? Answered.ofConversation(name, column)
            : Answered.ofColumns(prompt(), column(row, prompt()), name, column));
  }

  private static Optional<Boolean> safe(ObjectNode row, int response)
      throws MalformedRecordException {
    String name = SAFE.get(response);
    if (!row.hasNonNull(name)) {
      return Optional.empty();
    }
    if (!row.get(name).isBoolean()) {
      throw new MalformedRecordException(
          "'%s' must be true or false, was %s".formatted(name, row.get(name)));
    }
    return Optional.of(row.get(name).booleanValue());
  }

  private static JsonNode column(ObjectNode row, String name) throws MalformedRecordException {
    return Answers.column(row, name);
  }

  @Override
  public String textDigest(JudgedPair pair) {
    return Prompt.textDigest(pair.higher().history(), pair.higher().prompt());
  }
}
