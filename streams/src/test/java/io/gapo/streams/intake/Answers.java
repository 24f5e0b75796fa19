package io.gapo.streams.intake;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Work whose questions a test awaits and whose answers it gives when it pleases. */
public final class Answers<Q, A> implements Function<Q, CompletionStage<A>> {

  private final BlockingQueue<Q> questions = new LinkedBlockingQueue<>();
  private final Map<Q, CompletableFuture<A>> open = new ConcurrentHashMap<>();

  @Override
  public CompletionStage<A> apply(Q question) {
    CompletableFuture<A> answer = new CompletableFuture<>();
    open.put(question, answer);
    questions.add(question);
    return answer;
  }

  public Q awaitQuestion() throws InterruptedException {
    @Nullable Q question = questions.poll(1, TimeUnit.MINUTES);
    assertThat(question).as("a question within a minute").isNotNull();
    return requireNonNull(question);
  }

  public void expectNoQuestion() {
    assertThat(questions).isEmpty();
  }

  public void answer(Q question, A answer) {
    requireNonNull(open.remove(question)).complete(answer);
  }

  public void fail(Q question, Throwable failure) {
    requireNonNull(open.remove(question)).completeExceptionally(failure);
  }
}
