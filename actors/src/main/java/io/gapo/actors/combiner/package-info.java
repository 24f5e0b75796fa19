/** Weighs the objectives of a step by their gradients. */
@NullMarked
package io.gapo.actors.combiner;

import org.jspecify.annotations.NullMarked;
