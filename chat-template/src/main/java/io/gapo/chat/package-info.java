/** Conversations, and the text that a model reads of them by its own chat template. */
@NullMarked
package io.gapo.chat;

import org.jspecify.annotations.NullMarked;
