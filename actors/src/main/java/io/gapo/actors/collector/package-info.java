/** Makes batches of scored rollouts and computes the gradients of a step, in two passes. */
@NullMarked
package io.gapo.actors.collector;

import org.jspecify.annotations.NullMarked;
