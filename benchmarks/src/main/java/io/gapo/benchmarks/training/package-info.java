/** Training measured side by side with PyTorch, and the pipeline with a plain loop; run by hand. */
@NullMarked
package io.gapo.benchmarks.training;

import org.jspecify.annotations.NullMarked;
