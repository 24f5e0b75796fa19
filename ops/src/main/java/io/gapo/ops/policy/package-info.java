/** Policies as users name them: a model's directory, an adapter or checkpoints. */
@NullMarked
package io.gapo.ops.policy;

import org.jspecify.annotations.NullMarked;
