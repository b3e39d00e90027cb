package io.crossfade.proxy.kit.report;

import java.util.Collection;

/** A test class that {@link ConformanceReport} tells of. An instance of it is one test. */
public interface Reported {
    /** Under which the report is filed; classes of one name share it. */
    String reportName();

    /** What the engine says of its version; "" where it has none of its own. Asked once, while a test's engine is there. */
    String serverVersion();

    /** Whether it is not the engine itself, but something in its place. */
    boolean isTestDouble();

    /** Of this test, so far. */
    Collection<Excuse> excuses();
}
