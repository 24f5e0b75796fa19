package io.gapo.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.gapo.core.settings.InvalidSettingException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A block of the settings. The parts' own records say what a setting may be; a block reads it and
 * names it in full where a record refuses it.
 */
final class Block {

  private final Config config;
  private final String prefix;
  private final String path;

  private Block(Config config, String prefix, String path) {
    this.config = config;
    this.prefix = prefix;
    this.path = path;
  }

  /** The block of that path. */
  static Block of(Config root, String path) {
    return new Block(root, path + ".", path);
  }

  /**
   * A block that stands in a list.
   *
   * @param path for messages, for example {@code gapo.objectives[0]}
   */
  static Block ofList(Config element, String path) {
    return new Block(element, "", path);
  }

  Block block(String name) {
    return new Block(config, prefix + name + ".", key(name));
  }

  /** The block's full name. */
  String path() {
    return path;
  }

  /** A setting's full name. */
  String key(String name) {
    return path + "." + name;
  }

  boolean has(String name) {
    return config.hasPath(prefix + name);
  }

  /**
   * The settings that it has.
   *
   * @throws ConfigurationException if something else than a block stands in its place
   */
  Set<String> names() {
    requireBlock();
    ConfigObject block =
        prefix.isEmpty()
            ? config.root()
            : config.getObject(prefix.substring(0, prefix.length() - 1));
    return block.keySet();
  }

  /**
   * Refuses settings that there are, but not beside another one.
   *
   * @param always what the block may have in any case
   * @param here what it may have here
   * @param owner the setting that decides, as {@code kind = json}
   */
  void requireOnly(Set<String> always, Set<String> here, String owner) {
    for (String name : names()) {
      if (!always.contains(name) && !here.contains(name)) {
        throw refusal(name, "is not a setting of %s: leave it out".formatted(owner));
      }
    }
  }

  /** A text that must be there. */
  String required(String name) {
    if (!has(name) || text(name).isBlank()) {
      throw refusal(name, "is missing: %s needs it".formatted(path));
    }
    return text(name);
  }

  String text(String name) {
    return read(name, "a text", () -> config.getString(prefix + name));
  }

  boolean flag(String name) {
    return read(name, "true or false", () -> config.getBoolean(prefix + name));
  }

  double number(String name) {
    return read(name, "a number", () -> config.getDouble(prefix + name));
  }

  int wholeNumber(String name) {
    return read(name, "a whole number", () -> WholeNumber.intAt(config, prefix + name, key(name)));
  }

  int wholeNumber(String name, int absent) {
    return has(name) ? wholeNumber(name) : absent;
  }

  long longNumber(String name) {
    return read(name, "a whole number", () -> WholeNumber.longAt(config, prefix + name, key(name)));
  }

  /** A size in bytes, with its unit. */
  long bytes(String name) {
    return read(name, "a size of at least 0, as 256 MiB", () -> config.getBytes(prefix + name));
  }

  Duration duration(String name) {
    return read(name, "a time with its unit, as 30s", () -> config.getDuration(prefix + name));
  }

  Duration duration(String name, Duration absent) {
    return has(name) ? duration(name) : absent;
  }

  List<String> texts(String name) {
    return read(name, "a list of texts, as [a, b]", () -> config.getStringList(prefix + name));
  }

  List<Double> numbers(String name) {
    return read(name, "a list of numbers", () -> config.getDoubleList(prefix + name));
  }

  /** The blocks of a list, in order. */
  List<Block> blocks(String name) {
    List<? extends Config> blocks =
        read(name, "a list of blocks, as [{...}]", () -> config.getConfigList(prefix + name));
    return IntStream.range(0, blocks.size())
        .mapToObj(at -> ofList(blocks.get(at), "%s[%s]".formatted(key(name), at)))
        .toList();
  }

  private void requireBlock() {
    String own = prefix.isEmpty() ? "" : prefix.substring(0, prefix.length() - 1);
    if (!own.isEmpty() && config.hasPath(own)) {
      ConfigValue value = config.getValue(own);
      if (value.valueType() != ConfigValueType.OBJECT) {
        throw new ConfigurationException(path, "must be a block in braces, was " + shown(value));
      }
    }
  }

  /** A value of another type is refused by its full name, which a block in a list does not know. */
  private <T> T read(String name, String expected, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (ConfigException.WrongType | ConfigException.BadValue e) {
      requireBlock();
      throw refusal(
          name, "must be %s, was %s".formatted(expected, shown(config.getValue(prefix + name))));
    }
  }

  private static String shown(ConfigValue value) {
    return switch (value.valueType()) {
      case LIST -> "a list";
      case OBJECT -> "a block";
      default -> "'%s'".formatted(value.unwrapped());
    };
  }

  /** The constant that a setting spells in lower case with dashes. */
  <E extends Enum<E>> E oneOf(String name, Class<E> type) {
    return oneOf(name, type, constant -> true);
  }

  /** Reads one of the constants that {@code allowed} admits. */
  <E extends Enum<E>> E oneOf(String name, Class<E> type, Predicate<E> allowed) {
    String value = text(name);
    List<E> choices = Arrays.stream(type.getEnumConstants()).filter(allowed).toList();
    return choices.stream()
        .filter(choice -> spelling(choice).equals(value))
        .findFirst()
        .orElseThrow(
            () ->
                refusal(
                    name,
                    "must be one of %s, was '%s'"
                        .formatted(
                            choices.stream().map(Block::spelling).collect(Collectors.joining(", ")),
                            value)));
  }

  static String spelling(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * What the block's settings make.
   *
   * @throws ConfigurationException naming the setting that it refuses
   */
  <T> T make(Supplier<T> record) {
    try {
      return record.get();
    } catch (InvalidSettingException e) {
      throw refusal(e.setting(), e.problem());
    }
  }

  /**
   * What one setting makes.
   *
   * @throws ConfigurationException naming the setting if it is refused
   */
  <T> T make(String name, Supplier<T> record) {
    try {
      return record.get();
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(key(name), e);
    }
  }

  ConfigurationException refusal(String name, String problem) {
    return new ConfigurationException(key(name), problem);
  }
}
