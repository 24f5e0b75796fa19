/**
 * Decisions on the flow of rollouts and versions: how much to sample ahead, what is too old, what
 * belongs together, what was seen before, and how long to wait after a failure.
 */
@NullMarked
package io.gapo.core.flow;

import org.jspecify.annotations.NullMarked;
