/** Scores rollouts for one objective; reward and cost scorers are the same actor. */
@NullMarked
package io.gapo.actors.scorer;

import org.jspecify.annotations.NullMarked;
