package io.gapo.lab.examples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.streams.codec.MalformedRecordException;
import java.util.Set;

/**
 * Reads rows of data sets as examples. Every row says by its own columns what it is.
 *
 * @param <E> an example
 */
public interface ExampleReader<E> {

  /**
   * The example in a row.
   *
   * @throws MalformedRecordException if there is none, saying why
   */
  E read(ObjectNode row) throws MalformedRecordException;

  /** The digest of what is asked in an example, which decides whether it is held out. */
  String textDigest(E example);

  /** All columns that are read, of files that have columns. */
  Set<String> columns();
}
