package io.gapo.streams.kafka;

import akka.Done;
import io.gapo.core.policy.NamedTensor;
import io.gapo.core.policy.TensorStorage;
import io.gapo.streams.tensor.LentTransfers;
import io.gapo.streams.tensor.TensorChunking;
import io.gapo.streams.tensor.TensorChunking.Piece;
import io.gapo.streams.tensor.TensorPublisher;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends tensors in chunks to a topic's one partition, one transfer after the other, a few chunks at
 * a time so that they fit into the producer's buffer. Of tensors that are lent it sends only where
 * they are, until the next ones take their place.
 */
public final class KafkaTensorPublisher<T> implements TensorPublisher<T> {

  private static final int CHUNKS_AT_A_TIME = 8;

  private final RecordPublisher publisher;
  private final String topic;
  private final TensorChunking<T> chunking;
  private final Supplier<String> transferIds;
  private final Function<T, String> slot;
  private final LentTransfers lent;
  private CompletionStage<Done> last = CompletableFuture.completedFuture(Done.done());
  private Optional<String> lastLent = Optional.empty();

  /**
   * @param transferIds never gives the same twice, in any process
   * @param slot of a record's keys; see {@link TensorChunking#pieces}
   * @param lent tells this process's readers of lent tensors
   */
  public KafkaTensorPublisher(
      RecordPublisher publisher,
      String topic,
      TensorChunking<T> chunking,
      Supplier<String> transferIds,
      Function<T, String> slot,
      LentTransfers lent) {
    this.publisher = publisher;
    this.topic = topic;
    this.chunking = chunking;
    this.transferIds = transferIds;
    this.slot = slot;
    this.lent = lent;
  }

  @Override
  public synchronized CompletionStage<Done> publish(T value) {
    Iterator<Piece> pieces = pieces(value, transferIds.get());
    last =
        last.handle((done, failure) -> Done.done())
            .thenComposeAsync(done -> send(pieces), publisher.executor());
    return last;
  }

  private Iterator<Piece> pieces(T value, String transferId) {
    List<NamedTensor> tensors = chunking.format().tensors(value);
    lastLent.ifPresent(lent::forget);
    if (tensors.stream().allMatch(tensor -> tensor.storage() instanceof TensorStorage.Heap)) {
      lastLent = Optional.empty();
      return chunking.pieces(value, transferId, slot.apply(value));
    }
    lent.lend(transferId, tensors);
    lastLent = Optional.of(transferId);
    return List.of(chunking.lentPiece(value, transferId, slot.apply(value), lent.process()))
        .iterator();
  }

  private CompletionStage<Done> send(Iterator<Piece> pieces) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    while (pieces.hasNext() && records.size() < CHUNKS_AT_A_TIME) {
      Piece piece = pieces.next();
      records.add(new ProducerRecord<>(topic, 0, piece.key(), piece.value()));
    }
    CompletionStage<Done> sent = publisher.publish(records);
    return pieces.hasNext()
        ? sent.thenComposeAsync(done -> send(pieces), publisher.executor())
        : sent;
  }
}
