/** Policies made of other policies, without training. */
@NullMarked
package io.gapo.lab.soup;

import org.jspecify.annotations.NullMarked;
