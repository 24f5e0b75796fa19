package io.gapo.streams.topic;

import org.jspecify.annotations.Nullable;

/**
 * A record as it came, not yet understood.
 *
 * @param key null if it has none
 * @param value null for what Kafka calls a tombstone; neither is copied
 * @param writtenAt in milliseconds since 1970, by the clock of who wrote it, or {@link #NO_TIME}
 */
public record RawRecord(
    RecordCoordinates at, byte @Nullable [] key, byte @Nullable [] value, long writtenAt) {

  /** What Kafka says of a record without a time. */
  public static final long NO_TIME = -1;

  /** A record whose time is not known. */
  public RawRecord(RecordCoordinates at, byte @Nullable [] key, byte @Nullable [] value) {
    this(at, key, value, NO_TIME);
  }
}
