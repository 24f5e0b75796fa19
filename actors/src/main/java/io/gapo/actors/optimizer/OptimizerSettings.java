package io.gapo.actors.optimizer;

import io.gapo.core.flow.Backoff;

/**
 * How the optimizer runs.
 *
 * @param settledMemory how many ids of trained or refused rollouts to remember and to keep in
 *     checkpoints: more than are outstanding at any time
 * @param backoff between restarts and between attempts to publish
 */
public record OptimizerSettings(int settledMemory, Backoff backoff) {}
