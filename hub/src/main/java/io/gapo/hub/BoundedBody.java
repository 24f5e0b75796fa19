package io.gapo.hub;

import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Writes a response's body as it comes, and no more of it than was announced. */
final class BoundedBody implements BodySubscriber<Long> {

  /** More came than may. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException(long limit) {
      super("the answer is longer than %s bytes".formatted(limit));
    }
  }

  /** What came could not be written here. */
  static final class NotWrittenException extends IOException {
    private static final long serialVersionUID = 1L;

    NotWrittenException(IOException cause) {
      super(cause);
    }
  }

  private final WritableByteChannel target;
  private final long limit;
  private final LongConsumer written;
  private final CompletableFuture<Long> done = new CompletableFuture<>();
  private volatile long count;
  private Flow.@Nullable Subscription subscription;

  /**
   * For one response.
   *
   * @param limit in bytes
   * @param written hears how many bytes there are so far
   */
  BoundedBody(WritableByteChannel target, long limit, LongConsumer written) {
    this.target = target;
    this.limit = limit;
    this.written = written;
  }

  /** Bytes so far. */
  long count() {
    return count;
  }

  @Override
  public CompletionStage<Long> getBody() {
    return done;
  }

  @Override
  public void onSubscribe(Flow.Subscription its) {
    subscription = its;
    its.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> buffers) {
    Flow.Subscription its = subscription;
    if (its == null || done.isDone()) {
      return;
    }
    long bytes = buffers.stream().mapToLong(ByteBuffer::remaining).sum();
    try {
      if (bytes > limit - count) {
        throw new TooLongException(limit);
      }
      write(buffers);
    } catch (IOException e) {
      its.cancel();
      done.completeExceptionally(e);
      return;
    }
    long now = count + bytes;
    count = now;
    written.accept(now);
    its.request(1);
  }

  private void write(List<ByteBuffer> buffers) throws NotWrittenException {
    try {
      for (ByteBuffer buffer : buffers) {
        while (buffer.hasRemaining()) {
          target.write(buffer);
        }
      }
    } catch (IOException e) {
      throw new NotWrittenException(e);
    }
  }

  @Override
  public void onError(Throwable failure) {
    done.completeExceptionally(failure);
  }

  @Override
  public void onComplete() {
    done.complete(count);
  }
}
