package io.gapo.runtime.checkpoint;

import io.gapo.runtime.lora.LoraSettings;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a checkpoint says it is of, before its tensors are read.
 *
 * @param path the checkpoint's own directory
 * @param lora what its adapter is; empty if a policy was trained as a whole
 */
public record CheckpointHeader(Path path, Optional<LoraSettings> lora) {}
