package io.crossfade.proxy.driver.pgvector;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.crossfade.proxy.model.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Values as the JSON that PostgreSQL keeps, and back without a difference. A jsonb number is a decimal that keeps its digits, so
 * a double has a point and an integer has none: 1.0 and 1 stay apart, though they compare equal there as they do here.
 */
final class Json {
    /** Nobody else writes zero so; jsonb has no sign for it. */
    static final String NEGATIVE_ZERO = "0.00000000000000000";

    private static final int DEEPEST = 500;

    /** Digits of a decimal that a double always gives back. */
    private static final int ALWAYS_EXACT = 15;

    private static final double LEAST_EXACT = 0x1p53;
    private static final double MOST_EXACT = 0x1p63;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private Json() {}

    /** Writes an object. */
    static String text(String name, Map<String, Value> fields) throws Refusal {
        return text(name, new Value.Fields(fields));
    }

    /**
     * Writes a value.
     *
     * @param name of it, for messages
     */
    static String text(String name, Value value) throws Refusal {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = FACTORY.createGenerator(text)) {
            write(json, name, value, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, String name, Value value, int depth) throws IOException, Refusal {
        if (depth > DEEPEST) {
            throw new Refusal(name, "nested deeper than " + DEEPEST, "at most " + DEEPEST);
        }
        switch (value.kind()) {
            case NULL -> json.writeNull();
            case BOOL -> json.writeBoolean(((Value.Bool) value).value());
            case INT64 -> json.writeNumber(((Value.Int64) value).value());
            case FLOAT64 -> json.writeNumber(number(name, ((Value.Float64) value).value()));
            case TEXT -> json.writeString(Texts.held(name, ((Value.Text) value).value()));
            case ITEMS -> {
                json.writeStartArray();
                int position = 0;
                for (Value item : ((Value.Items) value).values()) {
                    write(json, name + "[" + position++ + "]", item, depth + 1);
                }
                json.writeEndArray();
            }
            case FIELDS -> {
                json.writeStartObject();
                for (Map.Entry<String, Value> field :
                        ((Value.Fields) value).values().entrySet()) {
                    String key = Texts.held(name + ": key", field.getKey());
                    json.writeFieldName(key);
                    write(json, name + "." + key, field.getValue(), depth + 1);
                }
                json.writeEndObject();
            }
        }
    }

    private static String number(String name, double value) throws Refusal {
        if (!Double.isFinite(value)) {
            throw new Refusal(name, value, "a finite number");
        }
        return number(value);
    }

    /**
     * A finite double as the shortest decimal that is this double, with a point; where it can be equal to an integer that is not
     * a shortest decimal, from 2^53 to 2^63, as what it is exactly.
     */
    static String number(double value) {
        if (value == 0) {
            return 1 / value < 0 ? NEGATIVE_ZERO : "0.0";
        }
        BigDecimal exact = new BigDecimal(value);
        boolean isExact = Math.abs(value) >= LEAST_EXACT && Math.abs(value) <= MOST_EXACT;
        BigDecimal number = isExact ? exact : shortest(exact, value);
        String plain = number.toPlainString();
        return plain.indexOf('.') < 0 ? plain + ".0" : plain;
    }

    /** As other writers have it, too: of the decimals with as few digits as can be that are this double, the nearest. */
    private static BigDecimal shortest(BigDecimal exact, double value) {
        BigDecimal few = exact.round(new MathContext(ALWAYS_EXACT, RoundingMode.HALF_EVEN));
        if (few.doubleValue() == value) {
            return few.stripTrailingZeros();
        }
        BigDecimal below = exact.round(new MathContext(ALWAYS_EXACT + 1, RoundingMode.DOWN));
        BigDecimal above = exact.round(new MathContext(ALWAYS_EXACT + 1, RoundingMode.UP));
        boolean isBelow = below.doubleValue() == value;
        boolean isAbove = above.doubleValue() == value;
        if (isBelow && isAbove) {
            BigDecimal toBelow = exact.subtract(below).abs();
            return toBelow.compareTo(above.subtract(exact).abs()) <= 0 ? below : above;
        } else if (isBelow || isAbove) {
            return isBelow ? below : above;
        }
        return exact.round(new MathContext(ALWAYS_EXACT + 2, RoundingMode.HALF_EVEN));
    }

    /** Reads a value. */
    static Value value(String text) {
        try (JsonParser json = FACTORY.createParser(text)) {
            return value(json, json.nextToken());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Value value(JsonParser json, JsonToken token) throws IOException {
        return switch (token) {
            case VALUE_NULL -> new Value.Null();
            case VALUE_TRUE, VALUE_FALSE -> Value.of(json.getBooleanValue());
            case VALUE_STRING -> Value.of(json.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(json.getText());
            case START_ARRAY -> items(json);
            case START_OBJECT -> new Value.Fields(fields(json));
            default -> throw new IllegalStateException("token " + token + " (expected: a value)");
        };
    }

    private static Value items(JsonParser json) throws IOException {
        List<Value> items = new ArrayList<>();
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            items.add(value(json, token));
        }
        return new Value.Items(items);
    }

    private static Map<String, Value> fields(JsonParser json) throws IOException {
        Map<String, Value> fields = new HashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            fields.put(key, value(json, json.nextToken()));
        }
        return fields;
    }

    private static Value number(String text) {
        if (text.equals(NEGATIVE_ZERO)) {
            return Value.of(-0.0);
        }
        if (text.indexOf('.') < 0) {
            BigDecimal whole = new BigDecimal(text);
            try {
                return Value.of(whole.longValueExact());
            } catch (ArithmeticException beyond64Bits) {
                return Value.of(whole.doubleValue());
            }
        }
        return Value.of(Double.parseDouble(text));
    }
}
