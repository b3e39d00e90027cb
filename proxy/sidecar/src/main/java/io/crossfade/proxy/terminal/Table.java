package io.crossfade.proxy.terminal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Columns that line up: numbers to the right, the rest to the left. Not thread-safe. */
public final class Table {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    public Table(String... heads) {
        rows.add(List.of(heads));
    }

    /** Adds a row with as many cells as there are heads. */
    public Table row(Object... cells) {
        rows.add(IntStream.range(0, cells.length)
                .mapToObj(i -> String.valueOf(cells[i]))
                .toList());
        return this;
    }

    public boolean isEmpty() {
        return rows.size() == 1;
    }

    /** The lines, each with its line end. */
    @Override
    public String toString() {
        int columns = rows.get(0).size();
        int[] widths = IntStream.range(0, columns)
                .map(i ->
                        rows.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
                .toArray();
        boolean[] right = new boolean[columns];
        for (int i = 0; i < columns; i++) {
            int column = i;
            right[i] = rows.stream().skip(1).allMatch(row -> isNumber(row.get(column)));
        }
        return rows.stream().map(row -> line(row, widths, right)).collect(Collectors.joining());
    }

    private static String line(List<String> row, int[] widths, boolean[] right) {
        String line = IntStream.range(0, row.size())
                .mapToObj(i -> {
                    String padding = " ".repeat(widths[i] - row.get(i).length());
                    return right[i] ? padding + row.get(i) : row.get(i) + padding;
                })
                .collect(Collectors.joining(GAP));
        return line.stripTrailing() + System.lineSeparator();
    }

    private static boolean isNumber(String cell) {
        return cell.isEmpty() || Character.isDigit(cell.charAt(0)) || cell.charAt(0) == '-';
    }
}
