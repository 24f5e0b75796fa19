package io.gapo.runtime.safetensors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** What people take for a safetensors file by mistake, known by its first bytes. */
enum ForeignFormat {
  ZIP(
      "PK\u0003\u0004",
      "a zip archive, probably PyTorch's pickles, which are never loaded: save the model as"
          + " safetensors"),
  PICKLE("\u0080", "a pickle, which is never loaded: save the model as safetensors"),
  GGUF("GGUF", "a GGUF file: take the model's safetensors files"),
  LFS_POINTER("version https://git-lfs", "a Git LFS pointer: run git lfs pull"),
  HTML("<", "a web page: download the file itself"),
  JSON("{", "JSON: a model's index is read where it lies, beside its shards");

  /** As many first bytes as tell them apart. */
  static final int BYTES = 24;

  private final String magic;
  private final String description;

  ForeignFormat(String magic, String description) {
    this.magic = magic;
    this.description = description;
  }

  /** What it is and what to do, for messages. */
  String description() {
    return description;
  }

  /** The format that starts like this, where no length of a header does. */
  static Optional<ForeignFormat> of(ByteBuffer start) {
    String text = StandardCharsets.ISO_8859_1.decode(start.duplicate()).toString();
    return Arrays.stream(values()).filter(format -> text.startsWith(format.magic)).findFirst();
  }
}
