/** Topic {@code policy-gradients} in, topics {@code lineage} and {@code policy-versions} out. */
@NullMarked
package io.gapo.streams.optimizer;

import org.jspecify.annotations.NullMarked;
