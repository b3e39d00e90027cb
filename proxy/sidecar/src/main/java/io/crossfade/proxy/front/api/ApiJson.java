package io.crossfade.proxy.front.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import io.crossfade.proxy.wire.ShortNames;
import java.io.IOException;

/**
 * Writes messages of the API as JSON for people and scripts: the JSON form of protobuf, with all fields that have a
 * default, and with enum values by their short names.
 */
public final class ApiJson {
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().alwaysPrintFieldsWithNoPresence();
    private static final JsonMapper MAPPER = new JsonMapper();

    private ApiJson() {}

    /** Writes a message on as many lines as it takes. */
    public static String pretty(MessageOrBuilder message) {
        return tree(message).toPrettyString();
    }

    /** Writes a message on one line. */
    public static String line(MessageOrBuilder message) {
        return tree(message).toString();
    }

    private static JsonNode tree(MessageOrBuilder message) {
        try {
            return shortened(message.getDescriptorForType(), MAPPER.readTree(PRINTER.print(message)));
        } catch (IOException e) {
            throw new IllegalStateException("a message of the API has a JSON form", e);
        }
    }

    private static JsonNode shortened(Descriptor type, JsonNode message) {
        ObjectNode object = (ObjectNode) message;
        for (FieldDescriptor field : type.getFields()) {
            JsonNode value = object.get(field.getJsonName());
            if (value != null) {
                object.set(field.getJsonName(), shortened(field, value));
            }
        }
        return object;
    }

    private static JsonNode shortened(FieldDescriptor field, JsonNode value) {
        if (field.isMapField()) {
            ObjectNode entries = (ObjectNode) value;
            FieldDescriptor type = field.getMessageType().findFieldByName("value");
            entries.properties().forEach(entry -> entry.setValue(shortenedElement(type, entry.getValue())));
            return entries;
        } else if (field.isRepeated()) {
            ArrayNode elements = MAPPER.createArrayNode();
            value.forEach(element -> elements.add(shortenedElement(field, element)));
            return elements;
        }
        return shortenedElement(field, value);
    }

    /**
     * Shortens an enum value. One that this program does not know is a number in the JSON form of protobuf, and stays
     * one.
     */
    private static JsonNode shortenedElement(FieldDescriptor field, JsonNode value) {
        return switch (field.getJavaType()) {
            case MESSAGE -> shortened(field.getMessageType(), value);
            case ENUM ->
                value.isTextual() ? TextNode.valueOf(ShortNames.of(field.getEnumType(), value.asText())) : value;
            case INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTE_STRING -> value;
        };
    }
}
