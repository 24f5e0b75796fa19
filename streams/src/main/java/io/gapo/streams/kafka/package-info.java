/**
 * Kafka under the stages: sources, publishers, commits and restarts. A stream starts again when it
 * fails, with its source inside, so that nothing is lost; it gives up when it fails all the time.
 */
@NullMarked
package io.gapo.streams.kafka;

import org.jspecify.annotations.NullMarked;
