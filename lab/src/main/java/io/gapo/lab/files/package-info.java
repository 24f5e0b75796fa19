/** Writes files that users name. */
@NullMarked
package io.gapo.lab.files;

import org.jspecify.annotations.NullMarked;
