/**
 * Sampling measured: against PyTorch with the same weights, and with sequences that come and go.
 */
@NullMarked
package io.gapo.benchmarks.decoding;

import org.jspecify.annotations.NullMarked;
