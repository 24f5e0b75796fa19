/**
 * How a stage takes records in: decoded, or to quarantine with the reason.
 *
 * <p>The flows of the stages have no Kafka in them. The work itself is a function that the caller
 * passes in. An element comes out with its context O, the source offset, when all that follows from
 * it is durable; committing it then gives at-least-once processing. A function that fails fails the
 * stream, and the element comes again.
 */
@NullMarked
package io.gapo.streams.intake;

import org.jspecify.annotations.NullMarked;
