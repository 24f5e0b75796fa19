/** Topic {@code objective-gradients} in, topic {@code update-directions} out. */
@NullMarked
package io.gapo.streams.combiner;

import org.jspecify.annotations.NullMarked;
