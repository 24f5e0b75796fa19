/** What came of comparing methods: the results, their figures, and the report that shows them. */
@NullMarked
package io.gapo.lab.report;

import org.jspecify.annotations.NullMarked;
