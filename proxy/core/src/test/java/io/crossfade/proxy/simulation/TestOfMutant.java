package io.crossfade.proxy.simulation;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** Runs unit tests on the classes of a seeded bug, and prints those that fail. */
final class TestOfMutant {
    private TestOfMutant() {}

    /** {@code Class#method} or a class, with packages left out up to the product's: {@code write.journal.TailTest}. */
    public static void main(String[] tests) {
        for (String test : tests) {
            run(test);
        }
        System.exit(0); // whatever threads a failed test has left
    }

    private static void run(String test) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selector("io.crossfade.proxy." + test))
                .build();
        SummaryGeneratingListener heard = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, heard);
        TestExecutionSummary summary = heard.getSummary();
        if (summary.getTestsFoundCount() == 0) {
            throw new IllegalArgumentException("test: " + test + " (expected: a test of this module)");
        }
        for (TestExecutionSummary.Failure failure : summary.getFailures()) {
            String name = failure.getTestIdentifier().getDisplayName().replaceAll("\\(.*", "");
            System.out.println("test " + test.replaceAll("#.*", "") + "#" + name + " fails");
            System.out.println(String.valueOf(failure.getException())
                    .lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty())
                    .findFirst()
                    .orElse(""));
        }
    }

    private static DiscoverySelector selector(String test) {
        return test.contains("#") ? selectMethod(test) : selectClass(test);
    }
}
