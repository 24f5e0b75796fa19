package io.gapo.streams.tensor;

import akka.NotUsed;
import akka.stream.javadsl.Flow;
import io.gapo.core.policy.NamedTensor;
import io.gapo.streams.codec.MalformedRecordException;
import io.gapo.streams.codec.ProtobufReader;
import io.gapo.streams.codec.TensorFormat;
import io.gapo.streams.proto.TensorChunkMessage;
import io.gapo.streams.proto.TensorManifestMessage;
import io.gapo.streams.proto.TensorMessage;
import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts the pieces of one partition together again, of several writers at a time if need be.
 *
 * <p>What is torn, damaged, too large, repeated or standing still is given up and reported once.
 * Memory is bounded by {@link AssemblyLimits}. Not thread-safe.
 */
public final class TensorAssembler<T> {

  private static final int REMEMBERED_TRANSFERS = 1024;

  private enum End {
    WHOLE,
    GIVEN_UP
  }

  private final TensorFormat<T> format;
  private final AssemblyLimits limits;
  private final LentTransfers lent;
  private final Map<String, OpenTransfer> open = new LinkedHashMap<>();
  private final Map<String, End> ended = new LinkedHashMap<>();

  /**
   * An assembler that has read nothing.
   *
   * @param lent where tensors are that this process's publishers lend
   */
  public TensorAssembler(TensorFormat<T> format, AssemblyLimits limits, LentTransfers lent) {
    this.format = format;
    this.limits = limits;
    this.lent = lent;
  }

  /** An assembler as a stage of a stream; it starts empty each time the stream is run. */
  public static <T> Flow<RawRecord, Assembly<T>, NotUsed> flow(
      TensorFormat<T> format, AssemblyLimits limits, LentTransfers lent) {
    return Flow.<RawRecord>create()
        .statefulMapConcat(
            () -> {
              TensorAssembler<T> assembler = new TensorAssembler<>(format, limits, lent);
              return assembler::accept;
            });
  }

  /** Takes the partition's next record; says what it made of it. */
  public List<Assembly<T>> accept(RawRecord record) {
    TensorMessage message;
    try {
      message =
          ProtobufReader.read(
              "piece of a " + format.name(), TensorMessage.parser(), record.value(), this::checked);
    } catch (MalformedRecordException e) {
      return List.of(new Assembly.Malformed<>(record, String.valueOf(e.getMessage())));
    }
    List<Assembly<T>> findings = new ArrayList<>();
    if (message.hasChunk()) {
      chunk(message.getTransferId(), message.getChunk(), record.at(), findings);
    } else {
      manifest(message, format.tensors(message).orElseThrow(), record.at(), findings);
    }
    return findings.isEmpty() ? List.of(new Assembly.Piece<>(record.at())) : findings;
  }

  /** Where the pieces of the oldest transfer that is under way begin, if one is. */
  private Optional<Long> oldestOffset() {
    return open.values().stream().map(transfer -> transfer.start().offset()).min(Long::compare);
  }

  private TensorMessage checked(TensorMessage message) {
    if (message.getTransferId().isBlank()) {
      throw new IllegalArgumentException("transfer id is missing");
    }
    if (!message.hasChunk() && format.tensors(message).isEmpty()) {
      throw new IllegalArgumentException("it is neither a chunk nor a manifest of one");
    }
    return message;
  }

  private void chunk(
      String id, TensorChunkMessage chunk, RecordCoordinates at, List<Assembly<T>> findings) {
    if (ended.containsKey(id)) {
      return;
    }
    OpenTransfer transfer = open.get(id);
    if (transfer == null) {
      if (chunk.getIndex() != 0) {
        giveUp(id, at, "its first chunks are not here", findings);
        return;
      }
      transfer = new OpenTransfer(at);
      open.put(id, transfer);
    } else if (transfer.contains(chunk)) {
      return;
    }
    if (!transfer.isNext(chunk)) {
      giveUp(
          id,
          at,
          "it is torn: chunk %s comes where %s should"
              .formatted(chunk.getIndex(), transfer.chunks()),
          findings);
      return;
    }
    transfer.add(chunk, at);
    keepWithinLimits(id, transfer, at, findings);
  }

  private void keepWithinLimits(
      String id, OpenTransfer newest, RecordCoordinates at, List<Assembly<T>> findings) {
    if (newest.bytes() > limits.maxBytes()) {
      giveUp(id, at, "it is larger than %s bytes".formatted(limits.maxBytes()), findings);
      return;
    }
    while (bufferedBytes() > limits.maxBytes()) {
      String stalest =
          open.entrySet().stream()
              .min(Comparator.comparingLong(entry -> entry.getValue().lastOffset()))
              .orElseThrow()
              .getKey();
      giveUp(
          stalest,
          at,
          "more than %s bytes are under way, and it stood still longest"
              .formatted(limits.maxBytes()),
          findings);
    }
  }

  private long bufferedBytes() {
    return open.values().stream().mapToLong(OpenTransfer::bytes).sum();
  }

  private void manifest(
      TensorMessage message,
      TensorManifestMessage manifest,
      RecordCoordinates at,
      List<Assembly<T>> findings) {
    String id = message.getTransferId();
    End end = ended.get(id);
    if (end != null) {
      if (end == End.WHOLE) {
        findings.add(new Assembly.Skipped<>(id, at, "it came before"));
      }
      return;
    }
    OpenTransfer transfer = open.getOrDefault(id, new OpenTransfer(at));
    T value;
    try {
      List<NamedTensor> tensors =
          manifest.getLentBy().isEmpty()
              ? transfer.tensors(manifest)
              : lent.find(manifest.getLentBy(), id);
      value = format.join(message, tensors);
    } catch (IllegalArgumentException | ArithmeticException e) {
      // The contents are not trusted: whatever is wrong with them ends this transfer only.
      giveUp(id, at, String.valueOf(e.getMessage()), findings);
      return;
    }
    open.remove(id);
    remember(id, End.WHOLE);
    overtakeTheOthers(at, findings);
    findings.add(new Assembly.Whole<>(value, at, oldestOffset().orElse(at.offset() + 1)));
  }

  /** A writer that died in the middle must not hold the resume offset back forever. */
  private void overtakeTheOthers(RecordCoordinates at, List<Assembly<T>> findings) {
    List<String> standing =
        open.entrySet().stream()
            .filter(entry -> entry.getValue().overtake() >= limits.maxOvertaken())
            .map(Map.Entry::getKey)
            .toList();
    standing.forEach(id -> giveUp(id, at, "its writer stopped in the middle", findings));
  }

  private void giveUp(String id, RecordCoordinates at, String reason, List<Assembly<T>> findings) {
    open.remove(id);
    remember(id, End.GIVEN_UP);
    findings.add(new Assembly.Skipped<>(id, at, reason));
  }

  private void remember(String id, End end) {
    ended.put(id, end);
    if (ended.size() > REMEMBERED_TRANSFERS) {
      ended.remove(ended.keySet().iterator().next());
    }
  }
}
