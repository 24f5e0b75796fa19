/** Reads data sets as examples to train models on. */
@NullMarked
package io.gapo.lab.examples;

import org.jspecify.annotations.NullMarked;
