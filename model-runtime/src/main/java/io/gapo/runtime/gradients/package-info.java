/** PPO's losses, their Gram matrix and the gradient of their weighted sum. */
@NullMarked
package io.gapo.runtime.gradients;

import org.jspecify.annotations.NullMarked;
