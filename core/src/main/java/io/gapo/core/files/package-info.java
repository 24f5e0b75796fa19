/** Directories and files that several modules treat alike. */
@NullMarked
package io.gapo.core.files;

import org.jspecify.annotations.NullMarked;
