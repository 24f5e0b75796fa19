package io.gapo.core.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;

class FailuresTest {

  private final IllegalStateException failure = new IllegalStateException("out of memory");

  @Test
  void findsTheCauseUnderTheWrappersOfFutures() {
    Throwable wrapped = new CompletionException(new ExecutionException(failure));

    assertThat(Failures.cause(wrapped)).isSameAs(failure);
    assertThat(Failures.cause(failure)).isSameAs(failure);
  }

  @Test
  void keepsAWrapperThatHoldsNothing() {
    CompletionException empty = new CompletionException("lost", null);

    assertThat(Failures.cause(empty)).isSameAs(empty);
  }

  @Test
  void namesAFailureThatSaysNothing() {
    assertThat(Failures.reason(failure)).isEqualTo("out of memory");
    assertThat(Failures.reason(new IllegalStateException()))
        .isEqualTo("java.lang.IllegalStateException");
  }

  @Test
  void givesTheReasonThatBeganAChainOfCauses() {
    Throwable chain = new RuntimeException("outer", new RuntimeException("middle", failure));

    assertThat(Failures.rootReason(chain)).isEqualTo("out of memory");
  }
}
