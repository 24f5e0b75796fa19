/** Samples responses to prompts, up to the quota, with the newest policy version. */
@NullMarked
package io.gapo.actors.generator;

import org.jspecify.annotations.NullMarked;
