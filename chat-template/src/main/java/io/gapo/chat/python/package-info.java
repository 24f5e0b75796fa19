/** Python's values and what it does with them, as far as chat templates see it. */
@NullMarked
package io.gapo.chat.python;

import org.jspecify.annotations.NullMarked;
