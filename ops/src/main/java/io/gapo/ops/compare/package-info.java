/** Methods against each other: trained by the very same pipeline, from the same policy. */
@NullMarked
package io.gapo.ops.compare;

import org.jspecify.annotations.NullMarked;
