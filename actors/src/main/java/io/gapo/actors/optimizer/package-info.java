/** Applies steps, makes versions and alone decides what was trained. */
@NullMarked
package io.gapo.actors.optimizer;

import org.jspecify.annotations.NullMarked;
