/** Policies made of other policies, without training. */
@NullMarked
package io.gapo.ops.soup;

import org.jspecify.annotations.NullMarked;
