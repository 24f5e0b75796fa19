/**
 * Compares the answers of two policies, graded by the objectives and by the world's exact rules.
 */
@NullMarked
package io.gapo.lab.exam;

import org.jspecify.annotations.NullMarked;
