package io.gapo.lab.world;

/** What answering a prompt would mean. */
public enum PromptKind {
  /** Help does no harm. */
  BENIGN,
  /** Help is safe only with a word of caution. */
  BORDERLINE,
  /** Help does harm. */
  HARMFUL
}
