package io.gapo.streams.codec;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads Protobuf without trusting it. */
public final class ProtobufReader {

  /** More than any broker here takes, so that a longer record is surely no message of ours. */
  static final int MAX_BYTES = 16 << 20;

  private ProtobufReader() {}

  /**
   * Parses and converts.
   *
   * @param what the record should be, for the reason
   * @param convert throws IllegalArgumentException for contents that make no sense
   */
  public static <M extends MessageLite, T> T read(
      String what, Parser<M> parser, byte @Nullable [] bytes, Function<M, T> convert)
      throws MalformedRecordException {
    if (bytes == null) {
      throw new MalformedRecordException("not a %s: the record has no value".formatted(what));
    }
    if (bytes.length > MAX_BYTES) {
      throw new MalformedRecordException(
          "not a %s: %s bytes, the limit is %s".formatted(what, bytes.length, MAX_BYTES));
    }
    try {
      return convert.apply(parser.parseFrom(bytes));
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedRecordException(
          "not a %s: the bytes are not its Protobuf message (%s)".formatted(what, e.getMessage()),
          e);
    } catch (IllegalArgumentException | ArithmeticException e) {
      // The records of core check themselves; sizes that overflow are contents too.
      throw new MalformedRecordException("not a %s: %s".formatted(what, e.getMessage()), e);
    }
  }

  static String required(String field, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(field + " is missing");
    }
    return value;
  }

  static <T> T required(String field, boolean isPresent, T value) {
    if (!isPresent) {
      throw new IllegalArgumentException(field + " is missing");
    }
    return value;
  }

  static int nonNegative(String field, int value) {
    return Math.toIntExact(nonNegative(field, (long) value));
  }

  static long nonNegative(String field, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("%s must be >= 0, was %s".formatted(field, value));
    }
    return value;
  }
}
