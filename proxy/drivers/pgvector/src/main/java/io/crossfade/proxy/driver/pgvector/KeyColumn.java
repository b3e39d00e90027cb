package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.model.Key;
import org.jspecify.annotations.Nullable;

/**
 * A column of the key: of the namespace, or of the id.
 *
 * @param type as the engine writes it, such as {@code character varying(64)}
 * @param most characters of a text at most; 0 for any number
 */
record KeyColumn(String column, boolean isNamespace, Kind kind, String type, int most) {
    /** The kinds of columns that can be a part of a key. A text that is not the one spelling of a value is no key. */
    enum Kind {
        TEXT,
        INTEGER,
        UUID
    }

    static @Nullable Kind kindOf(String typeName) {
        return switch (typeName) {
            case "text", "varchar" -> Kind.TEXT;
            case "int2", "int4", "int8" -> Kind.INTEGER;
            case "uuid" -> Kind.UUID;
            default -> null;
        };
    }

    /** The column, quoted. */
    String quoted() {
        return Sql.name(column);
    }

    /** The part of a key that is here. */
    String part(Key key) {
        return isNamespace ? key.namespace() : key.id();
    }

    /** A parameter of the column's kind, given as a text. */
    String cast(String parameter) {
        return switch (kind) {
            case TEXT -> parameter + "::text";
            case INTEGER -> parameter + "::text::bigint";
            case UUID -> parameter + "::text::uuid";
        };
    }

    /** An array of the column's kind, given as one of texts. */
    String castAll(String parameter) {
        return switch (kind) {
            case TEXT -> parameter + "::text[]";
            case INTEGER -> parameter + "::text[]::bigint[]";
            case UUID -> parameter + "::text[]::uuid[]";
        };
    }

    /** The part of a key that is here, if a row can have it. */
    String held(Key key) throws Refusal {
        String name = isNamespace ? "namespace" : "id";
        String part = Texts.held(name, part(key), most, column);
        if (!isCanonical(part)) {
            String expected = kind == Kind.UUID ? "a UUID in lower case" : "a whole number, as it is written shortest";
            throw new Refusal(name, part, expected + ", for column " + column);
        }
        return part;
    }

    /** Whether some row can have the text here. */
    boolean canHold(String part) {
        return isCanonical(part) && Texts.isHeld(part) && Texts.fits(part, most);
    }

    private boolean isCanonical(String part) {
        try {
            return switch (kind) {
                case TEXT -> true;
                case INTEGER -> Long.toString(Long.parseLong(part)).equals(part);
                case UUID -> java.util.UUID.fromString(part).toString().equals(part);
            };
        } catch (IllegalArgumentException noSuchValue) {
            return false;
        }
    }
}
