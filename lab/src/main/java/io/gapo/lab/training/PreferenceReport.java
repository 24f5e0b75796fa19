package io.gapo.lab.training;

/**
 * How well a score model judges pairs that it was not trained on.
 *
 * @param heldOutLoss mean over pairs, nats
 * @param preferenceAccuracy share of pairs that it ranks rightly
 * @param signAccuracy share of responses whose score has the right sign; 1 where signs mean nothing
 * @param pairs that it was measured on
 */
public record PreferenceReport(
    double heldOutLoss, double preferenceAccuracy, double signAccuracy, int pairs) {}
