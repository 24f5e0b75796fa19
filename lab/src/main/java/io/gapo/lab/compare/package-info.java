/** Methods against each other: trained by the very same pipeline, from the same policy. */
@NullMarked
package io.gapo.lab.compare;

import org.jspecify.annotations.NullMarked;
