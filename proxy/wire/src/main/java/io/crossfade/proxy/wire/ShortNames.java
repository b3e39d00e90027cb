package io.crossfade.proxy.wire;

import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.ProtocolMessageEnum;
import java.util.Locale;

/**
 * Enum values as people read them: without the prefix that keeps the values of different enums apart on the wire, so
 * {@code MIRRORING} for {@code PHASE_MIRRORING}.
 */
public final class ShortNames {
    private ShortNames() {}

    /** The short name of a value; {@code UNRECOGNIZED} if this program does not know it. */
    public static <E extends Enum<E> & ProtocolMessageEnum> String of(E value) {
        return of(value.getDescriptorForType(), value.name());
    }

    /**
     * The short name of a value; its number if this program does not know it.
     *
     * @param number of the value, as it was sent
     */
    public static <E extends Enum<E> & ProtocolMessageEnum> String of(E value, int number) {
        return value.getDescriptorForType().findValueByNumber(number) == null ? Integer.toString(number) : of(value);
    }

    /**
     * The short name of a value of an enum.
     *
     * @param name of the value, with the prefix
     */
    public static String of(EnumDescriptor type, String name) {
        String prefix = prefix(type);
        return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    }

    /** The prefix of each value of an enum: the name of the enum in capitals, with underscores between its words. */
    static String prefix(EnumDescriptor type) {
        return type.getName().replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT) + "_";
    }
}
