package io.gapo.lab.examples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.core.rollout.Prompt;
import io.gapo.lab.training.AnsweredPrompt;
import io.gapo.lab.training.ScoreType;
import io.gapo.ops.feed.Answered;
import io.gapo.streams.codec.MalformedRecordException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads demonstrations, in one of these shapes, of which the first that a row has counts:
 *
 * <ul>
 *   <li>a prompt in {@code prompt} and its answer in {@code response} or {@code completion};
 *   <li>a conversation that ends with the assistant's answer, in {@code messages} or {@code
 *       conversations};
 *   <li>a pair as {@link PairReader} has it, of which the better answer is demonstrated.
 * </ul>
 *
 * @param promptColumn with the prompt or the conversation, if not one of these
 * @param responseColumn with the answer, if not one of these
 */
public record DemonstrationReader(Optional<String> promptColumn, Optional<String> responseColumn)
    implements ExampleReader<AnsweredPrompt> {

  private static final List<String> RESPONSES = List.of("response", "completion");
  private static final List<String> CONVERSATIONS = List.of("messages", "conversations");

  private PairReader pairs() {
    return new PairReader(ScoreType.REWARD, promptColumn);
  }

  @Override
  public Set<String> columns() {
    Set<String> columns = new LinkedHashSet<>(pairs().columns());
    columns.addAll(responses());
    columns.addAll(conversations());
    return columns;
  }

  private List<String> responses() {
    return responseColumn.map(List::of).orElse(RESPONSES);
  }

  private List<String> conversations() {
    return promptColumn.map(List::of).orElse(CONVERSATIONS);
  }

  @Override
  public AnsweredPrompt read(ObjectNode row) throws MalformedRecordException {
    AnsweredPrompt demonstration = demonstration(row);
    if (demonstration.response().isBlank()) {
      throw new MalformedRecordException("the answer is empty");
    }
    return demonstration;
  }

  private AnsweredPrompt demonstration(ObjectNode row) throws MalformedRecordException {
    String prompt = promptColumn.orElse("prompt");
    Optional<String> response = first(row, responses());
    if (response.isPresent() && row.hasNonNull(prompt)) {
      String name = response.get();
      return Answers.of(Answered.ofColumns(prompt, row.get(prompt), name, row.get(name)));
    }
    if (responseColumn.isPresent()) {
      Answers.column(row, prompt);
      Answers.column(row, responseColumn.get());
    }
    Optional<String> conversation = first(row, conversations());
    if (conversation.isPresent()) {
      String name = conversation.get();
      return Answers.of(Answered.ofConversation(name, row.get(name)));
    }
    if (PairReader.isPair(row)) {
      return pairs().read(row).higher();
    }
    throw new MalformedRecordException(
        "it has neither '%s' and '%s', nor '%s', nor a pair of answers"
            .formatted(
                prompt,
                String.join("' or '", responses()),
                String.join("' or '", conversations())));
  }

  private static Optional<String> first(ObjectNode row, List<String> names) {
    return names.stream().filter(row::hasNonNull).findFirst();
  }

  @Override
  public String textDigest(AnsweredPrompt example) {
    return Prompt.textDigest(example.history(), example.prompt());
  }
}
