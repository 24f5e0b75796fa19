package io.gapo.ops.feed;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.util.HadoopCodecs;

/**
 * Unpacks Parquet's pages. Snappy, zstd and LZ4 by the library; gzip by the JDK, since the library
 * asks Hadoop for it. A page that says it is larger than {@link #MAX_PAGE_BYTES} is refused.
 */
final class ParquetPages implements CompressionCodecFactory {

  static final int MAX_PAGE_BYTES = 256 << 20;

  private final CompressionCodecFactory library =
      HadoopCodecs.newFactory(new PlainParquetConfiguration(), 0);

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("Parquet files are only read here");
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    return switch (codec) {
      case GZIP -> new Bounded(new Gzip());
      case UNCOMPRESSED, SNAPPY, ZSTD, LZ4_RAW -> new Bounded(library.getDecompressor(codec));
      default ->
          throw new IllegalArgumentException(
              "pages are compressed by %s, but only snappy, zstd, gzip and lz4 are read"
                  .formatted(codec));
    };
  }

  @Override
  public void release() {
    library.release();
  }

  private static final class Bounded implements BytesInputDecompressor {

    private final BytesInputDecompressor pages;

    Bounded(BytesInputDecompressor pages) {
      this.pages = pages;
    }

    @Override
    public BytesInput decompress(BytesInput page, int unpackedBytes) throws IOException {
      requireBounded(unpackedBytes);
      return pages.decompress(page, unpackedBytes);
    }

    @Override
    public void decompress(ByteBuffer page, int bytes, ByteBuffer unpacked, int unpackedBytes)
        throws IOException {
      requireBounded(unpackedBytes);
      pages.decompress(page, bytes, unpacked, unpackedBytes);
    }

    private static void requireBounded(int unpackedBytes) throws IOException {
      if (unpackedBytes < 0 || unpackedBytes > MAX_PAGE_BYTES) {
        throw new IOException(
            "a page of %s bytes, the limit is %s".formatted(unpackedBytes, MAX_PAGE_BYTES));
      }
    }

    @Override
    public void release() {
      pages.release();
    }
  }

  private static final class Gzip implements BytesInputDecompressor {

    @Override
    public BytesInput decompress(BytesInput page, int unpackedBytes) throws IOException {
      return BytesInput.from(unpack(page.toInputStream(), unpackedBytes));
    }

    @Override
    public void decompress(ByteBuffer page, int bytes, ByteBuffer unpacked, int unpackedBytes)
        throws IOException {
      byte[] packed = new byte[bytes];
      page.get(packed);
      unpacked.put(unpack(new ByteArrayInputStream(packed), unpackedBytes));
    }

    private static byte[] unpack(InputStream page, int unpackedBytes) throws IOException {
      try (InputStream unpacking = new GZIPInputStream(page)) {
        byte[] unpacked = unpacking.readNBytes(unpackedBytes);
        if (unpacked.length < unpackedBytes) {
          throw new IOException(
              "a page has %s bytes instead of %s".formatted(unpacked.length, unpackedBytes));
        }
        return unpacked;
      }
    }

    @Override
    public void release() {}
  }
}
