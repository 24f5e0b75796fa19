package io.gapo.streams.tensor;

import com.google.protobuf.ByteString;
import io.gapo.core.policy.NamedTensor;
import io.gapo.streams.codec.TensorEntries;
import io.gapo.streams.proto.TensorChunkMessage;
import io.gapo.streams.proto.TensorEntryMessage;
import io.gapo.streams.proto.TensorManifestMessage;
import io.gapo.streams.topic.RecordCoordinates;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/** The chunks of one transfer so far. */
final class OpenTransfer {

  private final RecordCoordinates start;
  private final List<ByteString> chunks = new ArrayList<>();
  private final MessageDigest digest = Sha256.digest();
  private long bytes;
  private long lastOffset;
  private int overtaken;

  OpenTransfer(RecordCoordinates start) {
    this.start = start;
    this.lastOffset = start.offset();
  }

  RecordCoordinates start() {
    return start;
  }

  long lastOffset() {
    return lastOffset;
  }

  long bytes() {
    return bytes;
  }

  /** Another transfer became complete; returns how many have since the last chunk of this one. */
  int overtake() {
    return ++overtaken;
  }

  boolean isNext(TensorChunkMessage chunk) {
    return chunk.getIndex() == chunks.size();
  }

  /** Whether this very chunk is here already, as a producer that tries again may send it. */
  boolean contains(TensorChunkMessage chunk) {
    int index = chunk.getIndex();
    return index >= 0 && index < chunks.size() && chunks.get(index).equals(chunk.getData());
  }

  int chunks() {
    return chunks.size();
  }

  void add(TensorChunkMessage chunk, RecordCoordinates at) {
    chunks.add(chunk.getData());
    digest.update(chunk.getData().asReadOnlyByteBuffer());
    bytes += chunk.getData().size();
    lastOffset = at.offset();
    overtaken = 0;
  }

  /**
   * The tensors, if they are what the manifest says.
   *
   * @throws IllegalArgumentException if not; the message says in what
   * @throws ArithmeticException if the manifest's sizes overflow
   */
  List<NamedTensor> tensors(TensorManifestMessage manifest) {
    if (chunks.size() != manifest.getChunks()) {
      throw new IllegalArgumentException(
          "%s of %s chunks arrived".formatted(chunks.size(), manifest.getChunks()));
    }
    if (bytes != manifest.getTotalBytes()) {
      throw new IllegalArgumentException(
          "%s of %s bytes arrived".formatted(bytes, manifest.getTotalBytes()));
    }
    if (!MessageDigest.isEqual(digest.digest(), manifest.getSha256().toByteArray())) {
      throw new IllegalArgumentException("the bytes are damaged: their SHA-256 is another");
    }
    return cut(manifest.getTensorsList());
  }

  private List<NamedTensor> cut(List<TensorEntryMessage> entries) {
    long expected = 0;
    for (TensorEntryMessage entry : entries) {
      expected = Math.addExact(expected, TensorEntries.bytes(entry));
    }
    if (expected != bytes) {
      throw new IllegalArgumentException(
          "the manifest's tensors have %s bytes, %s arrived".formatted(expected, bytes));
    }
    ByteString all = ByteString.copyFrom(chunks);
    List<NamedTensor> tensors = new ArrayList<>();
    int position = 0;
    for (TensorEntryMessage entry : entries) {
      int end = position + Math.toIntExact(TensorEntries.bytes(entry));
      tensors.add(TensorEntries.tensor(entry, all.substring(position, end).toByteArray()));
      position = end;
    }
    return tensors;
  }
}
