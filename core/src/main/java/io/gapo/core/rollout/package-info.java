/** Prompts, the rollouts sampled for them, and the scores objectives give them. */
@NullMarked
package io.gapo.core.rollout;

import org.jspecify.annotations.NullMarked;
