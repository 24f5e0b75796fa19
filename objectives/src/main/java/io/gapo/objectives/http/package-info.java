/**
 * Objectives that a service scores over HTTP: a user's scorer, a classifier's server, a judge.
 *
 * <p>A failed score is never a number. What fails is tried again within bounds; a rollout that
 * still has no score is named with the reason ({@link
 * io.gapo.core.port.UnscorableRolloutsException}).
 */
@NullMarked
package io.gapo.objectives.http;

import org.jspecify.annotations.NullMarked;
