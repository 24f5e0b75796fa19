package io.gapo.streams.tensor;

import com.google.protobuf.ByteString;
import io.gapo.core.policy.NamedTensor;
import io.gapo.streams.codec.TensorEntries;
import io.gapo.streams.codec.TensorFormat;
import io.gapo.streams.proto.TensorChunkMessage;
import io.gapo.streams.proto.TensorManifestMessage;
import io.gapo.streams.proto.TensorMessage;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/**
 * Cuts a record whose bulk is tensors into records that Kafka takes: chunks of the tensors' bytes,
 * laid end to end, then the manifest.
 *
 * <p>The chunks are made one by one as they are asked for, so that a transfer costs little more
 * memory than its tensors.
 *
 * @param chunkBytes of tensor data in a record
 */
public record TensorChunking<T>(TensorFormat<T> format, int chunkBytes) {

  /** Fits into the largest record that brokers take by default, 1 MiB with everything. */
  public static final int DEFAULT_CHUNK_BYTES = 1_000_000;

  public TensorChunking {
    if (chunkBytes < 1) {
      throw new IllegalArgumentException("chunk bytes must be >= 1, was " + chunkBytes);
    }
  }

  /** A record's key and value. */
  public record Piece(byte[] key, byte[] value) {}

  /**
   * The records of one transfer, in order. Each call makes the same.
   *
   * @param transferId of this transfer and no other
   * @param slot begins every key: a later transfer in the same slot lets compaction forget this one
   */
  public Iterator<Piece> pieces(T value, String transferId, String slot) {
    return new Pieces(value, transferId, slot);
  }

  /**
   * The one record of a transfer whose tensors stay where they are.
   *
   * @param process that lends them; see {@link LentTransfers}
   */
  public Piece lentPiece(T value, String transferId, String slot, String process) {
    List<NamedTensor> tensors = format.tensors(value);
    return manifest(value, transferId, slot, entries(tensors).setLentBy(process));
  }

  private static TensorManifestMessage.Builder entries(List<NamedTensor> tensors) {
    return TensorManifestMessage.newBuilder()
        .addAllTensors(tensors.stream().map(TensorEntries::message).toList())
        .setTotalBytes(tensors.stream().mapToLong(tensor -> tensor.storage().size()).sum());
  }

  private Piece manifest(
      T value, String transferId, String slot, TensorManifestMessage.Builder manifest) {
    return piece(transferId, slot, "manifest", format.manifest(value, manifest.build()));
  }

  private static Piece piece(
      String transferId, String slot, String part, TensorMessage.Builder message) {
    return new Piece(
        (slot + "/" + part).getBytes(StandardCharsets.UTF_8),
        message.setTransferId(transferId).build().toByteArray());
  }

  private final class Pieces implements Iterator<Piece> {

    private final T value;
    private final String transferId;
    private final String slot;
    private final List<NamedTensor> tensors;
    private final long totalBytes;
    private final int chunks;
    private final MessageDigest digest = Sha256.digest();
    private int next;
    private int tensor;
    private int position;

    Pieces(T value, String transferId, String slot) {
      this.value = value;
      this.transferId = transferId;
      this.slot = slot;
      this.tensors = format.tensors(value);
      this.totalBytes = tensors.stream().mapToLong(t -> t.storage().size()).sum();
      this.chunks = Math.toIntExact((totalBytes + chunkBytes - 1) / chunkBytes);
    }

    @Override
    public boolean hasNext() {
      return next <= chunks;
    }

    @Override
    public Piece next() {
      if (!hasNext()) {
        throw new NoSuchElementException("the manifest was the last record");
      }
      Piece piece = next < chunks ? chunk() : manifest();
      next++;
      return piece;
    }

    private Piece chunk() {
      byte[] data = new byte[(int) Math.min(chunkBytes, totalBytes - (long) next * chunkBytes)];
      for (int filled = 0; filled < data.length; ) {
        byte[] source = tensors.get(tensor).data();
        int length = Math.min(source.length - position, data.length - filled);
        System.arraycopy(source, position, data, filled, length);
        filled += length;
        position += length;
        if (position == source.length) {
          tensor++;
          position = 0;
        }
      }
      digest.update(data);
      TensorChunkMessage chunk =
          TensorChunkMessage.newBuilder().setIndex(next).setData(ByteString.copyFrom(data)).build();
      return piece(
          transferId, slot, Integer.toString(next), TensorMessage.newBuilder().setChunk(chunk));
    }

    private Piece manifest() {
      return TensorChunking.this.manifest(
          value,
          transferId,
          slot,
          entries(tensors).setChunks(chunks).setSha256(ByteString.copyFrom(digest.digest())));
    }
  }
}
