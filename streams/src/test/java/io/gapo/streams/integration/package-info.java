/** The streams on a real broker. */
@NullMarked
package io.gapo.streams.integration;

import org.jspecify.annotations.NullMarked;
