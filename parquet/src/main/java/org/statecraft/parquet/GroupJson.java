package org.statecraft.parquet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.PrimitiveType;
import org.apache.parquet.schema.Type;
import org.apache.parquet.schema.Type.Repetition;
import org.statecraft.model.InputException;

/**
 * Turns the groups of a Parquet file into JSON: a struct becomes an object, a list an array, what is absent null. Texts, numbers and
 * truth values are read; a column of another type is an error, since no task could say what to make of it.
 *
 * <p>A list is a group that says so and holds one repeated field. That is a group of one field which is the element, or, in old
 * files, the element itself.
 *
 * @param file for messages
 */
record GroupJson(Path file) {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** Fails when a column is of a type that is not read. */
    void check(GroupType schema) {
        for (Type field : schema.getFields()) {
            if (!field.isPrimitive()) {
                check(field.asGroupType());
            } else if (!isRead(field.asPrimitiveType())) {
                throw new InputException(file + ": the column '" + field.getName() + "' has the type "
                        + field.asPrimitiveType().getPrimitiveTypeName()
                        + (field.getLogicalTypeAnnotation() == null ? "" : " " + field.getLogicalTypeAnnotation())
                        + "; expected texts, numbers or truth values, so leave it out or convert it");
            }
        }
    }

    private static boolean isRead(PrimitiveType type) {
        LogicalTypeAnnotation meaning = type.getLogicalTypeAnnotation();
        return switch (type.getPrimitiveTypeName()) {
            case BOOLEAN, FLOAT, DOUBLE -> true;
            case INT32, INT64 ->
                meaning == null || (meaning instanceof IntLogicalTypeAnnotation whole && whole.isSigned());
            case BINARY ->
                LogicalTypeAnnotation.stringType().equals(meaning)
                        || LogicalTypeAnnotation.enumType().equals(meaning)
                        || LogicalTypeAnnotation.jsonType().equals(meaning);
            case INT96, FIXED_LEN_BYTE_ARRAY -> false;
        };
    }

    ObjectNode object(Group group) {
        ObjectNode object = NODES.objectNode();
        for (Type field : group.getType().getFields()) {
            object.set(field.getName(), field(group, field));
        }
        return object;
    }

    private JsonNode field(Group group, Type field) {
        int count = group.getFieldRepetitionCount(field.getName());
        if (field.isRepetition(Repetition.REPEATED)) {
            ArrayNode array = NODES.arrayNode();
            for (int i = 0; i < count; i++) {
                array.add(value(group, field, i));
            }
            return array;
        }
        return count == 0 ? NODES.nullNode() : value(group, field, 0);
    }

    private JsonNode value(Group group, Type field, int index) {
        String name = field.getName();
        if (!field.isPrimitive()) {
            Group inner = group.getGroup(name, index);
            return isList(field.asGroupType()) ? list(inner, field) : object(inner);
        }
        return switch (field.asPrimitiveType().getPrimitiveTypeName()) {
            case BOOLEAN -> NODES.booleanNode(group.getBoolean(name, index));
            case INT32 -> NODES.numberNode(group.getInteger(name, index));
            case INT64 -> NODES.numberNode(group.getLong(name, index));
            case FLOAT -> NODES.numberNode(group.getFloat(name, index));
            case DOUBLE -> NODES.numberNode(group.getDouble(name, index));
            default -> NODES.textNode(group.getString(name, index));
        };
    }

    private static boolean isList(GroupType type) {
        return LogicalTypeAnnotation.listType().equals(type.getLogicalTypeAnnotation());
    }

    private JsonNode list(Group list, Type type) {
        Type repeated = list.getType().getType(0);
        ArrayNode array = NODES.arrayNode();
        for (int i = 0; i < list.getFieldRepetitionCount(0); i++) {
            array.add(
                    isElement(repeated, type)
                            ? value(list, repeated, i)
                            : field(list.getGroup(0, i), repeated.asGroupType().getType(0)));
        }
        return array;
    }

    /** Whether the repeated field is the element itself: the rules of the format for files of old writers. */
    private static boolean isElement(Type repeated, Type list) {
        return repeated.isPrimitive()
                || repeated.asGroupType().getFieldCount() != 1
                || repeated.getName().equals("array")
                || repeated.getName().equals(list.getName() + "_tuple");
    }
}
