/** What several actors need: outgoing messages, models that are opened again, idle time. */
@NullMarked
package io.gapo.actors.support;

import org.jspecify.annotations.NullMarked;
