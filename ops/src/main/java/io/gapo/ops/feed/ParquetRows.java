package io.gapo.ops.feed;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * The rows of a Parquet file, as JSON objects of the columns that are read. In memory is one row
 * group of these columns at a time, packed, with an unpacked page of each; larger ones than {@link
 * #MAX_GROUP_BYTES} are refused.
 */
final class ParquetRows implements RowSource {

  static final long MAX_GROUP_BYTES = 1L << 30;

  private final Path path;
  private final ParquetFileReader file;
  private final Set<String> columns;
  private final MessageType read;
  private @Nullable RecordReader<Group> group;
  private long leftInGroup;
  private int groups;
  private long number;

  private ParquetRows(Path path, ParquetFileReader file, Set<String> columns, MessageType read) {
    this.path = path;
    this.file = file;
    this.columns = columns;
    this.read = read;
  }

  /**
   * Opens a file at its first row.
   *
   * @param wanted columns, where the file has them
   * @throws UnreadableFileException if it is no Parquet file, or has none of the columns
   */
  static ParquetRows open(Path path, Set<String> wanted) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new ParquetPages())
            .build();
    ParquetFileReader file;
    try {
      file = ParquetFileReader.open(new LocalInputFile(path), options);
    } catch (RuntimeException e) {
      // The library throws whatever its parsing of a damaged footer runs into.
      throw unreadable(path, e);
    }
    try {
      MessageType schema = file.getFileMetaData().getSchema();
      Set<String> columns = new LinkedHashSet<>();
      schema.getFields().forEach(field -> columns.add(field.getName()));
      List<Type> fields =
          schema.getFields().stream().filter(field -> wanted.contains(field.getName())).toList();
      if (fields.isEmpty()) {
        throw new UnreadableFileException(
            "%s has no column of prompts: it has %s; name the column with --column"
                .formatted(path, String.join(", ", columns)));
      }
      MessageType read = new MessageType(schema.getName(), fields);
      file.setRequestedSchema(read);
      return new ParquetRows(path, file, columns, read);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public Set<String> columns() {
    return columns;
  }

  @Override
  public Optional<Row> next() throws IOException {
    try {
      RecordReader<Group> records = group;
      while (records == null || leftInGroup == 0) {
        records = nextGroup();
        if (records == null) {
          return Optional.empty();
        }
      }
      leftInGroup--;
      number++;
      byte[] json = RowJson.write(ParquetJson.object(records.read()));
      return Optional.of(new Row(number, json, json.length > LineFeed.MAX_LINE_BYTES));
    } catch (UnreadableFileException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The library throws whatever its parsing of a damaged page runs into.
      throw unreadable(path, e);
    }
  }

  private @Nullable RecordReader<Group> nextGroup() throws IOException {
    List<BlockMetaData> all = file.getRowGroups();
    if (groups < all.size()) {
      requireBounded(all.get(groups));
    }
    PageReadStore pages = file.readNextRowGroup();
    if (pages == null) {
      return null;
    }
    groups++;
    leftInGroup = pages.getRowCount();
    RecordReader<Group> records =
        new ColumnIOFactory()
            .getColumnIO(read)
            .getRecordReader(pages, new GroupRecordConverter(read));
    group = records;
    return records;
  }

  private void requireBounded(BlockMetaData block) throws IOException {
    long bytes = 0;
    for (ColumnChunkMetaData chunk : block.getColumns()) {
      if (read.containsPath(chunk.getPath().toArray())) {
        bytes += chunk.getTotalSize();
      }
    }
    if (bytes > MAX_GROUP_BYTES) {
      throw new UnreadableFileException(
          "row group %s of %s has %s MiB of prompts, the limit is %s: write the file again with smaller row groups"
              .formatted(groups + 1, path, bytes >> 20, MAX_GROUP_BYTES >> 20));
    }
  }

  private static UnreadableFileException unreadable(Path path, Exception cause) {
    return new UnreadableFileException(
        "%s cannot be read as Parquet: %s; a file that was cut short must be fetched again"
            .formatted(path, cause.getMessage()),
        cause);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
