package io.gapo.core.rollout;

/** What scoring one rollout for one objective came to: a score, or the reason why there is none. */
public sealed interface ScoreRecord permits Score, MissingScore {

  String rolloutId();

  /** Of the sampling that was looked at; a score joins no other. */
  String rolloutDigest();

  String objective();
}
