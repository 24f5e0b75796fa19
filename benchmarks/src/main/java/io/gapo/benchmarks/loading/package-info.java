/** What loading a large checkpoint takes. */
@NullMarked
package io.gapo.benchmarks.loading;

import org.jspecify.annotations.NullMarked;
