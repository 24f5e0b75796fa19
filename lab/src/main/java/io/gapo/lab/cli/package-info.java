/** The laboratory's commands, which join those of the service. */
@NullMarked
package io.gapo.lab.cli;

import org.jspecify.annotations.NullMarked;
