package io.crossfade.proxy.simulation;

import java.io.PrintWriter;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs one test class in a process of its own, for a seeded bug that another rule keeps from doing harm. */
final class UnitTest {
    static final String FAILED = "failed: ";

    private UnitTest() {}

    /**
     * @param arguments the class; each of its tests that fails is a line
     */
    public static void main(String[] arguments) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(arguments[0]))
                .build();
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, listener);
        TestExecutionSummary summary = listener.getSummary();
        if (summary.getTestsFoundCount() == 0) {
            throw new IllegalArgumentException(arguments[0] + ": no tests");
        }
        summary.getFailures()
                .forEach(failure ->
                        System.out.println(FAILED + failure.getTestIdentifier().getDisplayName()));
        summary.printTo(new PrintWriter(System.err, true));
        System.exit(0);
    }
}
