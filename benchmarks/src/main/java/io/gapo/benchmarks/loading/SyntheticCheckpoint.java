package io.gapo.benchmarks.loading;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gapo.runtime.llama.LlamaConfig;
import io.gapo.runtime.llama.LlamaLayout;
import io.gapo.runtime.llama.LlamaVariant;
import io.gapo.runtime.llama.ModelFamily;
import io.gapo.runtime.llama.OutputLayer;
import io.gapo.runtime.llama.SpecialTokens;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.stream.LongStream;

/**
 * Writes a Mistral of several gigabytes in bfloat16, in shards with an index, as transformers lays
 * it out. One block of random numbers is written over and over: for where the bytes go, values do
 * not matter, but they are all on the disk, there are no holes.
 */
final class SyntheticCheckpoint {

  private static final int BLOCK_BYTES = 1 << 24;
  private static final long SHARD_BYTES = 1L << 30;
  private static final int BYTES_EACH = 2;

  private SyntheticCheckpoint() {}

  /** About half of Mistral 7B: 2.2 billion parameters, 4.4 GB. */
  private static LlamaConfig config() {
    return new LlamaConfig(
        /* vocabulary= */ 32_000,
        /* hiddenSize= */ 3072,
        /* intermediateSize= */ 8192,
        /* layers= */ 20,
        /* heads= */ 24,
        /* keyValueHeads= */ 8,
        /* headSize= */ 128,
        1e-5,
        10_000,
        /* tiedEmbeddings= */ false,
        /* maxPositions= */ 4096,
        new SpecialTokens(OptionalInt.of(1), List.of(2), OptionalInt.empty()),
        new LlamaVariant(
            ModelFamily.MISTRAL,
            LlamaVariant.PLAIN.attentionBias(),
            LlamaVariant.PLAIN.feedForwardBias(),
            OptionalInt.of(4096),
            LlamaVariant.PLAIN.ropeScaling()));
  }

  /** Writes it; returns how many bytes the tensors have. */
  static long write(Path directory) throws IOException {
    Files.createDirectories(directory);
    LlamaConfig config = config();
    config.write(directory);
    List<Map<String, long[]>> shards = shards(LlamaLayout.shapes(config, OutputLayer.VOCABULARY));
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode index = mapper.createObjectNode();
    ObjectNode map = index.putObject("weight_map");
    ByteBuffer block = block();
    long bytes = 0;
    for (int i = 0; i < shards.size(); i++) {
      String name =
          String.format(Locale.ROOT, "model-%05d-of-%05d.safetensors", i + 1, shards.size());
      bytes += writeShard(directory.resolve(name), shards.get(i), block);
      shards.get(i).keySet().forEach(tensor -> map.put(tensor, name));
    }
    Files.write(directory.resolve("model.safetensors.index.json"), mapper.writeValueAsBytes(index));
    return bytes;
  }

  private static List<Map<String, long[]>> shards(Map<String, long[]> shapes) {
    List<Map<String, long[]>> shards = new ArrayList<>();
    long room = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      long size = size(entry.getValue());
      if (size > room) {
        shards.add(new LinkedHashMap<>());
        room = SHARD_BYTES;
      }
      shards.get(shards.size() - 1).put(entry.getKey(), entry.getValue());
      room -= size;
    }
    return shards;
  }

  private static long size(long[] shape) {
    return BYTES_EACH * LongStream.of(shape).reduce(1, Math::multiplyExact);
  }

  private static ByteBuffer block() {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    SplittableRandom random = new SplittableRandom(1);
    while (block.hasRemaining()) {
      float value = (float) (0.02 * random.nextGaussian());
      block.putShort((short) (Float.floatToIntBits(value) >>> 16)); // bfloat16, cut off
    }
    return block;
  }

  private static long writeShard(Path file, Map<String, long[]> shapes, ByteBuffer block)
      throws IOException {
    ObjectNode header = new ObjectMapper().createObjectNode();
    long end = 0;
    for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
      ObjectNode tensor = header.putObject(entry.getKey()).put("dtype", "BF16");
      LongStream.of(entry.getValue()).forEach(tensor.withArray("shape")::add);
      tensor.withArray("data_offsets").add(end).add(end + size(entry.getValue()));
      end += size(entry.getValue());
    }
    byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer start =
          ByteBuffer.allocate(Long.BYTES + json.length).order(ByteOrder.LITTLE_ENDIAN);
      write(channel, start.putLong(json.length).put(json).flip());
      for (long left = end; left > 0; left -= Math.min(left, BLOCK_BYTES)) {
        write(channel, block.clear().limit((int) Math.min(left, BLOCK_BYTES)));
      }
      channel.force(false);
    }
    return end;
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
