/** Topic {@code rollouts} in, topic {@code scores} out; the same for rewards and costs. */
@NullMarked
package io.gapo.streams.scorer;

import org.jspecify.annotations.NullMarked;
