/** Models by their name on a hub that speaks Hugging Face's protocol, kept in its own cache. */
@NullMarked
package io.gapo.hub;

import org.jspecify.annotations.NullMarked;
