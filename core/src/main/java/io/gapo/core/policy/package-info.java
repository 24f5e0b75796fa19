/** A policy as named tensors under a version number. */
@NullMarked
package io.gapo.core.policy;

import org.jspecify.annotations.NullMarked;
