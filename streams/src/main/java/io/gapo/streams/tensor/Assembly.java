package io.gapo.streams.tensor;

import io.gapo.streams.topic.RawRecord;
import io.gapo.streams.topic.RecordCoordinates;

/** What a reader of chunked tensors finds out. */
public sealed interface Assembly<T> {

  /** The record that showed it. Every record shows something. */
  RecordCoordinates at();

  /** A record is a piece of something that is under way, or was given up before. */
  record Piece<T>(RecordCoordinates at) implements Assembly<T> {}

  /**
   * A record arrived complete, and its bytes are those that were sent.
   *
   * @param at its manifest
   * @param resumeOffset where to read on from after a restart so that nothing that is still under
   *     way is lost; transfers seen before may come again
   */
  record Whole<T>(T value, RecordCoordinates at, long resumeOffset) implements Assembly<T> {}

  /** A transfer is given up, or came again. */
  record Skipped<T>(String transferId, RecordCoordinates at, String reason)
      implements Assembly<T> {}

  /** A record is no part of any transfer. */
  record Malformed<T>(RawRecord record, String reason) implements Assembly<T> {
    @Override
    public RecordCoordinates at() {
      return record.at();
    }
  }
}
