/** A real Kafka broker inside this JVM, for the one-machine default. */
@NullMarked
package io.gapo.broker;

import org.jspecify.annotations.NullMarked;
