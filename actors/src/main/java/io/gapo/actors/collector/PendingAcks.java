package io.gapo.actors.collector;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.pattern.StatusReply;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who is to be told when a rollout's fate is durable. */
final class PendingAcks {

  private final Map<String, List<ActorRef<StatusReply<Done>>>> holders = new HashMap<>();
  private final Set<String> unconfirmed = new HashSet<>();

  /** {@code settledTo} waits for this rollout. */
  void hold(String rolloutId, ActorRef<StatusReply<Done>> settledTo) {
    holders.computeIfAbsent(rolloutId, id -> new ArrayList<>()).add(settledTo);
  }

  /** This rollout's fate is decided but not durable. */
  void decide(String rolloutId) {
    unconfirmed.add(rolloutId);
  }

  /** Whether this rollout's fate is decided but not durable. */
  boolean isUnconfirmed(String rolloutId) {
    return unconfirmed.contains(rolloutId);
  }

  /** This rollout's fate is durable: all who waited for it are told. */
  void settle(String rolloutId) {
    unconfirmed.remove(rolloutId);
    List<ActorRef<StatusReply<Done>>> told = holders.remove(rolloutId);
    if (told != null) {
      told.forEach(settledTo -> settledTo.tell(StatusReply.ack()));
    }
  }

  /** All who wait get this error. */
  void failAll(String reason) {
    holders.values().forEach(all -> all.forEach(one -> one.tell(StatusReply.error(reason))));
    holders.clear();
  }
}
