/** Topics {@code policy-versions} and {@code lineage} as the stages follow them. */
@NullMarked
package io.gapo.streams.version;

import org.jspecify.annotations.NullMarked;
