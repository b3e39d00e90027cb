package io.crossfade.proxy.terminal;

import io.crossfade.proxy.time.Time;
import java.io.PrintWriter;
import java.util.concurrent.TimeUnit;

/**
 * A line that shows how something goes on: rewritten in place at a terminal; elsewhere printed anew, though not more
 * often than every few seconds. Safe for use by many threads.
 */
public final class LiveLine {
    private static final String ERASE = "\r\u001b[2K";
    private static final long PLAIN_INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PrintWriter out;
    private final boolean terminal;
    private final Time time;
    private long lastPlain;
    private String shown = "";

    public LiveLine(PrintWriter out, boolean terminal, Time time) {
        this.out = out;
        this.terminal = terminal;
        this.time = time;
        this.lastPlain = time.nanos() - PLAIN_INTERVAL_NANOS;
    }

    /** Shows how things are now. */
    public synchronized void update(String text) {
        if (text.equals(shown)) {
            return;
        } else if (terminal) {
            out.print(ERASE + text);
            shown = text;
        } else if (time.nanos() - lastPlain >= PLAIN_INTERVAL_NANOS) {
            out.println(text);
            lastPlain = time.nanos();
            shown = text;
        }
        out.flush();
    }

    /** Prints a line that stays; the live one goes on below it. */
    public synchronized void print(String text) {
        out.println(terminal && !shown.isEmpty() ? ERASE + text : text);
        if (terminal) {
            out.print(shown);
        }
        out.flush();
    }

    /** Takes the live line away. */
    public synchronized void clear() {
        if (terminal && !shown.isEmpty()) {
            out.print(ERASE);
            out.flush();
        }
        shown = "";
    }
}
