package io.crossfade.proxy.settings;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations and sizes as users write them. Parsers throw an {@link IllegalArgumentException} that says what they take.
 */
public final class Quantity {
    private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(-?\\d+)\\s*([a-zA-Z]*)");
    private static final List<Unit> NANOS = List.of(
            new Unit("h", 3_600_000_000_000L),
            new Unit("m", 60_000_000_000L),
            new Unit("s", 1_000_000_000),
            new Unit("ms", 1_000_000),
            new Unit("us", 1_000),
            new Unit("ns", 1));
    private static final List<Unit> BYTES = List.of(
            new Unit("", 1),
            new Unit("B", 1),
            new Unit("KiB", 1L << 10),
            new Unit("MiB", 1L << 20),
            new Unit("GiB", 1L << 30),
            new Unit("TiB", 1L << 40));

    private Quantity() {}

    /** Reads a duration: a whole number and one of ns, us, ms, s, m, h. Zero needs no unit. */
    public static Duration duration(String text) {
        return text.equals("0")
                ? Duration.ZERO
                : Duration.ofNanos(parse(text, NANOS, "a duration like 5ms, 2s, 15m, 1h"));
    }

    /** Reads a size: a whole number of bytes, or with one of KiB, MiB, GiB, TiB. */
    public static long bytes(String text) {
        return parse(text, BYTES, "a size like 512, 64KiB, 32MiB, 1GiB");
    }

    /** The duration in the largest unit that is exact. */
    public static String text(Duration duration) {
        long nanos = duration.toNanos();
        return NANOS.stream()
                .filter(unit -> nanos != 0 && nanos % unit.size == 0)
                .findFirst()
                .map(unit -> nanos / unit.size + unit.name)
                .orElse("0");
    }

    private static long parse(String text, List<Unit> units, String expected) {
        Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(expected);
        }
        Unit unit = units.stream()
                .filter(each -> each.name.equals(matcher.group(2)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(expected));
        try {
            return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit.size);
        } catch (ArithmeticException | NumberFormatException e) {
            throw new IllegalArgumentException(expected + ", that fits into 64 bits", e);
        }
    }

    private record Unit(String name, long size) {}
}
