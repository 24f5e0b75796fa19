/** Applies a gradient: AdamW, its schedule and its place in a checkpoint. */
@NullMarked
package io.gapo.runtime.learner;

import org.jspecify.annotations.NullMarked;
