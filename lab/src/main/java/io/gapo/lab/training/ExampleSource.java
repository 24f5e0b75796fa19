package io.gapo.lab.training;

import java.io.IOException;
import java.util.List;

/**
 * Examples one after another, so that there may be more than fit into memory; the same ones in the
 * same order each time.
 *
 * @param <E> an example
 */
@FunctionalInterface
public interface ExampleSource<E> {

  /**
   * Tells every example.
   *
   * @throws IOException if they cannot be read
   */
  void tell(Receiver<E> receiver) throws IOException;

  /** Takes examples. */
  interface Receiver<E> {

    /**
     * An example.
     *
     * @param row where it stands, from 1
     * @param heldOut whether it is only to be measured on
     */
    void example(long row, E example, boolean heldOut);
  }

  /** Those of two lists. */
  static <E> ExampleSource<E> of(List<E> training, List<E> heldOut) {
    return receiver -> {
      long row = 0;
      for (E example : training) {
        receiver.example(++row, example, false);
      }
      for (E example : heldOut) {
        receiver.example(++row, example, true);
      }
    };
  }
}
