/** Single rollouts with their scores and fates, as the topics have them. */
@NullMarked
package io.gapo.streams.sample;

import org.jspecify.annotations.NullMarked;
