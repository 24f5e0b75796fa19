/** What a run in the laboratory shows its user: progress, figures of each step, evaluations. */
@NullMarked
package io.gapo.lab.display;

import org.jspecify.annotations.NullMarked;
