package io.gapo.streams.intake;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import io.gapo.streams.tensor.Assembly;
import io.gapo.streams.tensor.Assembly.Malformed;
import io.gapo.streams.tensor.Assembly.Skipped;
import io.gapo.streams.tensor.Assembly.Whole;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Passes complete tensors on, reports incomplete ones and puts malformed records in quarantine. */
public final class WholeOnly {

  private WholeOnly() {}

  public static <T> Flow<Assembly<T>, Whole<T>, NotUsed> create(
      Consumer<Skipped<T>> skipped, Quarantine quarantine) {
    return Flow.<Assembly<T>>create()
        .mapAsync(1, found -> settle(found, skipped, quarantine))
        .mapConcat(found -> found.stream().toList());
  }

  private static <T> CompletionStage<Optional<Whole<T>>> settle(
      Assembly<T> found, Consumer<Skipped<T>> skipped, Quarantine quarantine) {
    if (found instanceof Whole<T> whole) {
      return CompletableFuture.completedFuture(Optional.of(whole));
    }
    if (found instanceof Malformed<T> malformed) {
      return quarantine
          .put(malformed.record(), malformed.reason())
          .thenApply(put -> Optional.empty());
    }
    if (found instanceof Skipped<T> given) {
      skipped.accept(given);
    }
    return CompletableFuture.completedFuture(Optional.empty());
  }
}
