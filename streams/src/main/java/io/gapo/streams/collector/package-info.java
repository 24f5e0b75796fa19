/**
 * Topics {@code rollouts}, {@code scores} and {@code update-directions} in, topics {@code
 * objective-gradients} and {@code policy-gradients} out.
 */
@NullMarked
package io.gapo.streams.collector;

import org.jspecify.annotations.NullMarked;
