/** Topic {@code prompts} in, topic {@code rollouts} out. */
@NullMarked
package io.gapo.streams.generator;

import org.jspecify.annotations.NullMarked;
