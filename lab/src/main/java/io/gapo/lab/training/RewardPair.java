package io.gapo.lab.training;

/**
 * Two answers to a prompt (without template), one better than the other: what a reward model learns
 * from.
 */
public record RewardPair(String prompt, String better, String worse) {}
