/** Seeded cases for tests of what holds for every input. */
@NullMarked
package io.gapo.testing;

import org.jspecify.annotations.NullMarked;
