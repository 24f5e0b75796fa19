package io.gapo.core.port;

import io.gapo.core.policy.PolicySnapshot;
import io.gapo.core.rollout.Prompt;
import io.gapo.core.rollout.Rollout;
import io.gapo.core.rollout.SampleRequest;
import java.util.List;
import java.util.Optional;

/**
 * Samples responses token by token for a batch whose members come and go (continuous batching).
 *
 * <p>Not thread-safe: its owner calls it from one thread at a time.
 */
public interface PolicySampler extends AutoCloseable {

  /** Why this prompt cannot be sampled (too long for the context window), if it cannot. */
  Optional<String> rejection(Prompt prompt);

  /** How many more sequences can be admitted now. */
  int freeSlots();

  /** How many sequences are being sampled now. */
  int activeSequences();

  /**
   * Lets sequences join the running batch before its next token. Samples of one prompt admitted
   * together share the work of reading it.
   *
   * @throws IllegalStateException if there are more requests than free slots
   * @throws IllegalArgumentException if a prompt is one that {@link #rejection} rejects
   */
  void admit(List<SampleRequest> requests);

  /** Samples one token of every active sequence; returns those that ended with it. */
  List<Rollout> step();

  /**
   * Uses these weights from the next token on, running sequences included.
   *
   * @throws io.gapo.core.policy.TensorsReleasedException if they were lent and are gone; those
   *     before stay in use
   */
  void adopt(PolicySnapshot snapshot);

  /** Frees the native memory. */
  @Override
  void close();
}
