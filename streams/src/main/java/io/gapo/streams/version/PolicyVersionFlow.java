package io.gapo.streams.version;

import akka.Done;
import akka.NotUsed;
import akka.stream.javadsl.Flow;
import io.gapo.core.policy.PolicySnapshot;
import io.gapo.streams.intake.Quarantine;
import io.gapo.streams.intake.WholeOnly;
import io.gapo.streams.tensor.Assembly;
import io.gapo.streams.tensor.Assembly.Skipped;
import io.gapo.streams.tensor.Assembly.Whole;
import io.gapo.streams.topic.RawRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Policy versions in, to whoever works with the newest one.
 *
 * <pre>
 *   record → assemble ─ malformed → quarantine, incomplete → report
 *              └ version ─ older than one before → ignore
 *                  └ only the newest, until the topic as it was at the start is read
 *                      └ only the newest, while the last one is being adopted → adopt
 * </pre>
 */
public final class PolicyVersionFlow {

  private PolicyVersionFlow() {}

  /**
   * The graph.
   *
   * @param assembly puts raw records together
   * @param historyEnd the topic's end offset at the start, 0 if it was empty: of the versions
   *     before it, all but the newest are history that nobody should sample from or improve
   * @param adopt completes when the version is adopted
   * @param skipped receives what did not arrive complete: of the history the last one, and only if
   *     no version of it did, since then it says what all wait for
   */
  public static Flow<RawRecord, Done, NotUsed> create(
      Flow<RawRecord, Assembly<PolicySnapshot>, NotUsed> assembly,
      long historyEnd,
      Function<PolicySnapshot, CompletionStage<?>> adopt,
      Consumer<Skipped<PolicySnapshot>> skipped,
      Quarantine quarantine) {
    return assembly
        .statefulMapConcat(
            () -> {
              Newest newest = new Newest(historyEnd);
              return newest::accept;
            })
        .via(WholeOnly.create(skipped, quarantine))
        .map(Whole::value)
        .conflate((older, newer) -> newer)
        .mapAsync(1, version -> adopt.apply(version).thenApply(adopted -> Done.done()));
  }

  /** Holds versions back until history is read, and those that came too late for good. */
  private static final class Newest {

    private final long historyEnd;
    private boolean hasCaughtUp;
    private @Nullable PolicySnapshot newest;
    private @Nullable Assembly<PolicySnapshot> held;
    private @Nullable Assembly<PolicySnapshot> torn;

    Newest(long historyEnd) {
      this.historyEnd = historyEnd;
      this.hasCaughtUp = historyEnd == 0;
    }

    List<Assembly<PolicySnapshot>> accept(Assembly<PolicySnapshot> found) {
      List<Assembly<PolicySnapshot>> passed = new ArrayList<>();
      if (!(found instanceof Whole<PolicySnapshot> whole)) {
        if (hasCaughtUp || !(found instanceof Skipped)) {
          passed.add(found);
        } else {
          // Compaction leaves pieces of versions that newer ones have replaced.
          torn = found;
        }
      } else if (newest == null || whole.value().supersedes(newest)) {
        newest = withoutTensors(whole.value());
        held = found;
      }
      hasCaughtUp |= found.at().offset() + 1 >= historyEnd;
      if (hasCaughtUp) {
        Assembly<PolicySnapshot> ofHistory = newest == null ? torn : held;
        if (ofHistory != null) {
          passed.add(ofHistory);
        }
        held = null;
        torn = null;
      }
      return passed;
    }

    private static PolicySnapshot withoutTensors(PolicySnapshot version) {
      return new PolicySnapshot(version.version(), version.epoch(), List.of());
    }
  }
}
