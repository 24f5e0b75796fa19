/** The part of Jinja that chat templates are written in: reading and rendering. */
@NullMarked
package io.gapo.chat.jinja;

import org.jspecify.annotations.NullMarked;
