package io.gapo.lab.training;

/**
 * Two answers to a prompt (without template), one safer than the other: what a cost model learns
 * from.
 *
 * @param saferIsSafe whether the safer one does no harm at all, so that its cost is below 0
 * @param unsaferIsSafe likewise
 */
public record CostPair(
    String prompt, String safer, String unsafer, boolean saferIsSafe, boolean unsaferIsSafe) {}
