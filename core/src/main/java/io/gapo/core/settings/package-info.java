/** How a record of settings refuses a value, so that whoever reads settings can name the key. */
@NullMarked
package io.gapo.core.settings;

import org.jspecify.annotations.NullMarked;
