package io.gapo.hub;

/** Is told how fetching goes; calls come from one thread at a time. */
public interface Progress {

  /** Something that takes time, or that the user should know. */
  void note(String message);

  /**
   * Bytes came.
   *
   * @param file that they belong to
   * @param done bytes of all files so far
   * @param total bytes of all files that are loaded
   */
  void advanced(String file, long done, long total);
}
