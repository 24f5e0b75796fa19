package io.gapo.ops.feed;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation.ListLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.MapLogicalTypeAnnotation;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;

/**
 * Parquet's records as JSON: structs and maps become objects, lists arrays, and whatever JSON has
 * no type for its text.
 *
 * <p>Lists and maps as "Parquet Logical Type Definitions" describes them, with the rules for files
 * of older writers.
 */
final class ParquetJson {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ParquetJson() {}

  static ObjectNode object(Group group) {
    ObjectNode object = JSON.objectNode();
    GroupType type = group.getType();
    for (int field = 0; field < type.getFieldCount(); field++) {
      int count = group.getFieldRepetitionCount(field);
      Type fieldType = type.getType(field);
      if (fieldType.isRepetition(Repetition.REPEATED)) {
        object.set(fieldType.getName(), repeated(group, field));
      } else if (count > 0) {
        object.set(fieldType.getName(), value(group, field, 0));
      }
    }
    return object;
  }

  private static ArrayNode repeated(Group group, int field) {
    ArrayNode array = JSON.arrayNode();
    for (int i = 0; i < group.getFieldRepetitionCount(field); i++) {
      array.add(value(group, field, i));
    }
    return array;
  }

  private static JsonNode value(Group group, int field, int index) {
    Type type = group.getType().getType(field);
    if (type.isPrimitive()) {
      return primitive(group, field, index);
    }
    Group inner = group.getGroup(field, index);
    boolean wraps = type.asGroupType().getFieldCount() == 1;
    if (wraps && type.getLogicalTypeAnnotation() instanceof ListLogicalTypeAnnotation) {
      return list(inner);
    }
    if (wraps && type.getLogicalTypeAnnotation() instanceof MapLogicalTypeAnnotation) {
      return map(inner);
    }
    return object(inner);
  }

  private static JsonNode list(Group list) {
    Type repeated = list.getType().getType(0);
    boolean elementIsWrapped =
        !repeated.isPrimitive()
            && repeated.asGroupType().getFieldCount() == 1
            && !repeated.getName().equals("array")
            && !repeated.getName().endsWith("_tuple");
    if (!elementIsWrapped) {
      return repeated(list, 0);
    }
    ArrayNode array = JSON.arrayNode();
    for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
      Group entry = list.getGroup(0, i);
      array.add(entry.getFieldRepetitionCount(0) == 0 ? JSON.nullNode() : value(entry, 0, 0));
    }
    return array;
  }

  private static JsonNode map(Group map) {
    ObjectNode object = JSON.objectNode();
    for (int i = 0; i < map.getFieldRepetitionCount(0); i++) {
      Group entry = map.getGroup(0, i);
      boolean hasValue =
          entry.getType().getFieldCount() > 1 && entry.getFieldRepetitionCount(1) > 0;
      object.set(value(entry, 0, 0).asText(), hasValue ? value(entry, 1, 0) : JSON.nullNode());
    }
    return object;
  }

  private static JsonNode primitive(Group group, int field, int index) {
    Type type = group.getType().getType(field);
    boolean plain = type.getLogicalTypeAnnotation() == null;
    return switch (type.asPrimitiveType().getPrimitiveTypeName()) {
      case BOOLEAN -> JSON.booleanNode(group.getBoolean(field, index));
      case INT32 ->
          plain
              ? JSON.numberNode(group.getInteger(field, index))
              : number(group.getValueToString(field, index));
      case INT64 ->
          plain
              ? JSON.numberNode(group.getLong(field, index))
              : number(group.getValueToString(field, index));
      case FLOAT -> JSON.numberNode(group.getFloat(field, index));
      case DOUBLE -> JSON.numberNode(group.getDouble(field, index));
      case BINARY -> JSON.textNode(group.getBinary(field, index).toStringUsingUTF8());
      case INT96, FIXED_LEN_BYTE_ARRAY -> JSON.textNode(group.getValueToString(field, index));
    };
  }

  /** Dates and decimals have annotated integers too, and are no whole numbers in text. */
  private static JsonNode number(String text) {
    try {
      return JSON.numberNode(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return JSON.textNode(text);
    }
  }
}
