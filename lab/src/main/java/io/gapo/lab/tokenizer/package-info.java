/** Learns a byte-level byte-pair tokenizer, for worlds that bring no tokenizer along. */
@NullMarked
package io.gapo.lab.tokenizer;

import org.jspecify.annotations.NullMarked;
