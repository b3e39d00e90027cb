package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.model.Value;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A column that is a metadata key. What it holds is seen as JSON, in filters too; what a value becomes there and what comes back
 * are the same, or the value is refused. SQL's NULL is the absence of the key.
 *
 * @param type as the engine writes it, such as {@code numeric(10,2)}
 * @param scale digits behind the point, of a numeric or of a time's seconds; characters of a text at most, or 0
 */
record MetadataColumn(String column, Kind kind, String type, int scale) {
    /** The kinds of columns that can be a metadata key. */
    enum Kind {
        TEXT,
        INTEGER,
        BOOL,
        FLOAT4,
        FLOAT8,
        NUMERIC,
        TIMESTAMPTZ,
        TIMESTAMP,
        DATE,
        UUID,
        TEXT_ARRAY,
        JSON
    }

    /** What a double holds of a decimal, whatever its digits. */
    private static final int MOST_DIGITS = 15;

    private static final int MICROSECONDS = 6;

    /** What fits into 64 bits, whatever the digits. */
    private static final int MOST_WHOLE_DIGITS = 18;

    /** The column of this type; null if not all of its values can be given out and taken back. */
    static @Nullable MetadataColumn of(String column, String typeName, String type, int modifier) {
        Kind kind = kind(typeName, modifier);
        return kind == null ? null : new MetadataColumn(column, kind, type, digits(kind, modifier));
    }

    private static @Nullable Kind kind(String typeName, int modifier) {
        return switch (typeName) {
            case "text", "varchar" -> Kind.TEXT;
            case "int2", "int4", "int8" -> Kind.INTEGER;
            case "bool" -> Kind.BOOL;
            case "float4" -> Kind.FLOAT4;
            case "float8" -> Kind.FLOAT8;
            case "timestamptz" -> Kind.TIMESTAMPTZ;
            case "timestamp" -> Kind.TIMESTAMP;
            case "date" -> Kind.DATE;
            case "uuid" -> Kind.UUID;
            case "_text", "_varchar" -> Kind.TEXT_ARRAY;
            case "json", "jsonb" -> Kind.JSON;
            case "numeric" -> numeric(modifier);
            default -> null;
        };
    }

    private static @Nullable Kind numeric(int modifier) {
        int precision = modifier < 0 ? Integer.MAX_VALUE : ((modifier - 4) >> 16) & 0xffff;
        int scale = scaleOf(modifier);
        return scale >= 0 && scale <= precision && precision <= (scale == 0 ? MOST_WHOLE_DIGITS : MOST_DIGITS)
                ? Kind.NUMERIC
                : null;
    }

    private static int digits(Kind kind, int modifier) {
        return switch (kind) {
            case NUMERIC -> scaleOf(modifier);
            case TIMESTAMPTZ, TIMESTAMP -> modifier < 0 ? MICROSECONDS : modifier;
            case TEXT, TEXT_ARRAY -> Texts.most(modifier);
            case INTEGER, BOOL, FLOAT4, FLOAT8, DATE, UUID, JSON -> 0;
        };
    }

    private static int scaleOf(int modifier) {
        return (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
    }

    String quoted() {
        return Sql.name(column);
    }

    /** The column of row {@code t} as jsonb; NULL where the key is absent. */
    String json() {
        String value = "t." + quoted();
        return switch (kind) {
            case FLOAT4, FLOAT8 -> floating("(" + value + "::float8)");
            case NUMERIC -> "CASE WHEN " + isNoNumber(value) + " THEN NULL ELSE to_jsonb(" + value + ") END";
            case TEXT, INTEGER, BOOL, TIMESTAMPTZ, TIMESTAMP, DATE, UUID, TEXT_ARRAY, JSON -> "to_jsonb(" + value + ")";
        };
    }

    /** As {@link Json#number} has it. From 2^53 on a double is even, and half of it fits into 64 bits. */
    private static String floating(String value) {
        return "CASE WHEN " + isNoNumber(value) + " THEN NULL WHEN abs" + value
                + " BETWEEN 9007199254740992 AND 9223372036854775808" + " THEN to_jsonb((" + value
                + " / 2)::bigint::numeric * 2) ELSE to_jsonb" + value + " END";
    }

    private static String isNoNumber(String value) {
        return value + "::text IN ('NaN', 'Infinity', '-Infinity')";
    }

    /** A parameter of the column's kind, without its length: a cast to that would cut off what is too long, and say nothing. */
    String parameter() {
        return switch (kind) {
            case TEXT -> "?::text";
            case NUMERIC -> "?::text::numeric";
            case TEXT_ARRAY -> "?::text[]";
            case INTEGER, BOOL, FLOAT4, FLOAT8, TIMESTAMPTZ, TIMESTAMP, DATE, UUID, JSON -> "?::text::" + type;
        };
    }

    /** The value of the metadata key, from the JSON of the column. */
    Value decoded(String json) {
        Value value = Json.value(json);
        return switch (kind) {
            case FLOAT4, FLOAT8 -> asDouble(value);
            case NUMERIC -> scale == 0 ? value : asDouble(value);
            case TEXT, INTEGER, BOOL, TIMESTAMPTZ, TIMESTAMP, DATE, UUID, TEXT_ARRAY, JSON -> value;
        };
    }

    private static Value asDouble(Value value) {
        return value instanceof Value.Int64 whole ? Value.of((double) whole.value()) : value;
    }

    /** The value as a parameter; one that would come back as another is refused. */
    Object encoded(Value value) throws Refusal {
        String name = "metadata." + column;
        Object encoded = switch (kind) {
            case TEXT -> value instanceof Value.Text text ? Texts.held(name, text.value(), scale, column) : null;
            case INTEGER -> value instanceof Value.Int64 number ? Long.toString(number.value()) : null;
            case BOOL -> value instanceof Value.Bool bool ? Boolean.toString(bool.value()) : null;
            case FLOAT4, FLOAT8 -> value instanceof Value.Float64 number ? exactly(number.value()) : null;
            case NUMERIC -> decimal(value);
            case TIMESTAMPTZ -> value instanceof Value.Text text ? instant(text.value()) : null;
            case TIMESTAMP -> value instanceof Value.Text text ? local(text.value()) : null;
            case DATE -> value instanceof Value.Text text ? date(text.value()) : null;
            case UUID -> value instanceof Value.Text text ? uuid(text.value()) : null;
            case TEXT_ARRAY -> value instanceof Value.Items items ? texts(name, items.values()) : null;
            case JSON -> Json.text(name, value);
        };
        if (encoded == null) {
            throw new Refusal(name, shown(value), expected());
        }
        return encoded;
    }

    private static String shown(Value value) {
        return switch (value.kind()) {
            case BOOL -> String.valueOf(((Value.Bool) value).value());
            case INT64 -> String.valueOf(((Value.Int64) value).value());
            case FLOAT64 -> String.valueOf(((Value.Float64) value).value());
            case TEXT -> "a text of " + ((Value.Text) value).value().length() + " characters";
            case NULL -> "null";
            case ITEMS -> "a list";
            case FIELDS -> "a map";
        };
    }

    private String expected() {
        return switch (kind) {
                    case TEXT -> "a text";
                    case INTEGER -> "an integer";
                    case BOOL -> "true or false";
                    case FLOAT4 -> "a double that is a float too";
                    case FLOAT8 -> "a finite double, not -0.0";
                    case NUMERIC ->
                        scale == 0 ? "an integer" : "a double with at most " + scale + " digits behind the point";
                    case TIMESTAMPTZ -> "a time in UTC, like 2026-11-29T20:48:30.5+00:00";
                    case TIMESTAMP -> "a time, like 2026-11-29T20:48:30.5";
                    case DATE -> "a day, like 2026-11-29";
                    case UUID -> "a UUID in lower case";
                    case TEXT_ARRAY -> "a list of texts";
                    case JSON -> "a value";
                }
                + ", for column " + column + " of type " + type;
    }

    private @Nullable String exactly(double value) {
        boolean isNegativeZero = value == 0 && 1 / value < 0;
        boolean isHeld = Double.isFinite(value) && !isNegativeZero && (kind != Kind.FLOAT4 || (float) value == value);
        return isHeld ? Double.toString(value) : null;
    }

    private @Nullable String decimal(Value value) {
        if (scale == 0) {
            return value instanceof Value.Int64 whole ? Long.toString(whole.value()) : null;
        }
        if (!(value instanceof Value.Float64 number) || exactly(number.value()) == null) {
            return null;
        }
        BigDecimal decimal = new BigDecimal(Json.number(number.value())).stripTrailingZeros();
        return decimal.scale() <= scale ? decimal.toPlainString() : null;
    }

    private @Nullable String instant(String text) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(text);
            return time.getOffset().equals(ZoneOffset.UTC)
                            && isHeld(time.toLocalDateTime())
                            && (shortest(time.toLocalDateTime()) + "+00:00").equals(text)
                    ? text
                    : null;
        } catch (DateTimeException noTime) {
            return null;
        }
    }

    private @Nullable String local(String text) {
        try {
            LocalDateTime time = LocalDateTime.parse(text);
            return isHeld(time) && shortest(time).equals(text) ? text : null;
        } catch (DateTimeException noTime) {
            return null;
        }
    }

    /** Whether the column has as many digits. */
    private boolean isHeld(LocalDateTime time) {
        return time.getNano() % Math.round(Math.pow(10, 9 - scale)) == 0;
    }

    /** As the engine writes it: seconds always, and of their fraction what is not zero, down to microseconds. */
    private static String shortest(LocalDateTime time) {
        String seconds = String.format(
                java.util.Locale.ROOT,
                "%sT%02d:%02d:%02d",
                time.toLocalDate(),
                time.getHour(),
                time.getMinute(),
                time.getSecond());
        int micros = time.getNano() / 1000;
        String fraction = String.format(java.util.Locale.ROOT, ".%06d", micros).replaceAll("0+$", "");
        return micros == 0 ? seconds : seconds + fraction;
    }

    private static @Nullable String date(String text) {
        try {
            return LocalDate.parse(text).toString();
        } catch (DateTimeException noDay) {
            return null;
        }
    }

    private static @Nullable String uuid(String text) {
        try {
            return java.util.UUID.fromString(text).toString().equals(text) ? text : null;
        } catch (IllegalArgumentException noUuid) {
            return null;
        }
    }

    private Sql.@Nullable TextArray texts(String name, List<Value> items) throws Refusal {
        List<String> texts = new ArrayList<>();
        for (Value item : items) {
            if (!(item instanceof Value.Text text)) {
                return null;
            }
            texts.add(Texts.held(name + "[" + texts.size() + "]", text.value(), scale, column));
        }
        return new Sql.TextArray(texts);
    }
}
