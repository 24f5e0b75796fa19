/**
 * The stages' names, and what they need from outside: models, publishers and listeners, with the
 * failures that they may answer with.
 */
@NullMarked
package io.gapo.core.port;

import org.jspecify.annotations.NullMarked;
