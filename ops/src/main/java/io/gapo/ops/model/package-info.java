/** Models that the settings name instead of a directory. */
@NullMarked
package io.gapo.ops.model;

import org.jspecify.annotations.NullMarked;
