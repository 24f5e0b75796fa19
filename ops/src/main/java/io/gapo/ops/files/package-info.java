/** Writes files that users name. */
@NullMarked
package io.gapo.ops.files;

import org.jspecify.annotations.NullMarked;
