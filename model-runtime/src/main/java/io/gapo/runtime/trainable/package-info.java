/**
 * The tensors of a policy that training changes, and how they pass from the optimizer to the
 * collector.
 */
@NullMarked
package io.gapo.runtime.trainable;

import org.jspecify.annotations.NullMarked;
