package io.gapo.streams.tensor;

import io.gapo.core.policy.NamedTensor;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tensors that stay in this process's memory while their record passes through Kafka: whoever reads
 * the record in the same process finds them here. Thread-safe.
 */
public final class LentTransfers {

  private final String process = UUID.randomUUID().toString();
  private final Map<String, List<NamedTensor>> tensors = new ConcurrentHashMap<>();

  /** Names this process, and no other one ever. */
  public String process() {
    return process;
  }

  /** Keeps a transfer's tensors until {@link #forget}. */
  public void lend(String transferId, List<NamedTensor> lent) {
    tensors.put(transferId, List.copyOf(lent));
  }

  /** Newer ones have taken their place. Harmless if they are not here. */
  public void forget(String transferId) {
    tensors.remove(transferId);
  }

  /**
   * What a manifest tells of.
   *
   * @param process that lends them
   * @throws IllegalArgumentException if they are not here; the message says why
   */
  List<NamedTensor> find(String process, String transferId) {
    if (!process.equals(this.process)) {
      throw new IllegalArgumentException(
          ("its tensors were lent in the memory of process %s, which is not this one: after a restart"
                  + " that is as it should be; but where other processes have some of the roles now,"
                  + " set gapo.runtime.lend-tensors = false in all of them")
              .formatted(process));
    }
    List<NamedTensor> found = tensors.get(transferId);
    if (found == null) {
      throw new IllegalArgumentException("newer tensors have taken the place of its own");
    }
    return found;
  }
}
