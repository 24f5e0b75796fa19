/**
 * Low-rank adapters (LoRA, Hu et al. 2021) of the Llama family: {@code W x + s·B(A x)} with W
 * frozen, in memory and in the files of Hugging Face's {@code peft}.
 */
@NullMarked
package io.gapo.runtime.lora;

import org.jspecify.annotations.NullMarked;
