package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.model.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Doubles that the engine does not keep. It stores a payload as JSON and reads that fast, not exactly: a number of more than
 * 15 digits or so comes back one unit in the last place off, and may move again when its point is moved. So the doubles of
 * such a value are kept exactly beside it, as text: of each, in the order in which they lie in the value, its bits as 16
 * hexadecimal digits. They count as long as the value has as many, each near to its own: else somebody else changed it.
 */
final class Doubles {
    /** Far more than all that rounding moves a number, and far less than anybody changes one by. */
    private static final double NEAR = 1e-9;

    private static final double SMALLEST = 16 * Double.MIN_VALUE;
    private static final int DIGITS = 16;
    private static final int HEX = 16;
    private static final int EXACT_BITS = 53;
    private static final int EXACT_POWER = 22;

    private Doubles() {}

    /** Whether the engine gives back the number that it was given: its digits and its power of ten are exact as doubles. */
    static boolean isKept(double number) {
        if (number == 0) {
            return true;
        }
        BigDecimal digits = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        BigDecimal written = digits.setScale(Math.max(1, digits.scale()));
        return written.unscaledValue().bitLength() <= EXACT_BITS && written.scale() <= EXACT_POWER;
    }

    /** The doubles of the value as text; null if the engine keeps each. */
    static @Nullable String exact(Value value) {
        List<Double> all = new ArrayList<>();
        collect(value, all);
        if (all.stream().allMatch(Doubles::isKept)) {
            return null;
        }
        StringBuilder text = new StringBuilder(all.size() * DIGITS);
        all.forEach(each -> text.append(String.format("%016x", Double.doubleToRawLongBits(each))));
        return text.toString();
    }

    private static void collect(Value value, List<Double> into) {
        switch (value.kind()) {
            case FLOAT64 -> into.add(((Value.Float64) value).value());
            case ITEMS -> ((Value.Items) value).values().forEach(each -> collect(each, into));
            case FIELDS ->
                new TreeMap<>(((Value.Fields) value).values()).values().forEach(each -> collect(each, into));
            case NULL, BOOL, INT64, TEXT -> {}
        }
    }

    /** The value with the doubles of the text, or as it stands if they are not its own. */
    static Value restore(Value value, String text) {
        List<Double> standing = new ArrayList<>();
        collect(value, standing);
        List<Double> exact = read(text);
        boolean isOfIt = exact.size() == standing.size();
        for (int i = 0; isOfIt && i < exact.size(); i++) {
            isOfIt = Math.abs(exact.get(i) - standing.get(i)) <= NEAR * Math.abs(exact.get(i)) + SMALLEST;
        }
        return isOfIt ? replaced(value, exact.iterator()) : value;
    }

    private static List<Double> read(String text) {
        List<Double> doubles = new ArrayList<>();
        try {
            for (int at = 0; at + DIGITS <= text.length(); at += DIGITS) {
                doubles.add(Double.longBitsToDouble(Long.parseUnsignedLong(text.substring(at, at + DIGITS), HEX)));
            }
        } catch (NumberFormatException e) {
            return List.of();
        }
        return doubles;
    }

    private static Value replaced(Value value, Iterator<Double> exact) {
        return switch (value.kind()) {
            case FLOAT64 -> Value.of(exact.next());
            case ITEMS ->
                new Value.Items(((Value.Items) value)
                        .values().stream().map(each -> replaced(each, exact)).toList());
            case FIELDS -> {
                Map<String, Value> fields = new HashMap<>();
                new TreeMap<>(((Value.Fields) value).values())
                        .forEach((key, each) -> fields.put(key, replaced(each, exact)));
                yield new Value.Fields(fields);
            }
            case NULL, BOOL, INT64, TEXT -> value;
        };
    }
}
