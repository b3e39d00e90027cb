package io.crossfade.proxy.kit.report;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Writes what became of the tests of {@link Reported} classes to {@code target/conformance/NAME.json}, or to the directory that
 * {@code -Dconformance.directory} names: {@code server_version}, {@code test_double}, how many have {@code passed}, were
 * {@code excused} and have {@code failed}, and the lists of them. A test that has passed although a trait has excused it from
 * a part of what is asked is excused, and not passed. One that was aborted or is disabled has failed.
 *
 * <p>The file is written when the last test of the JVM is over, so all classes of one name have to run in one JVM.
 */
public final class ConformanceReport implements AfterTestExecutionCallback, TestWatcher {
    private static final Namespace NAMESPACE = Namespace.create(ConformanceReport.class);

    /** The excuses are asked for as long as there is a test to ask. */
    @Override
    public void afterTestExecution(ExtensionContext context) {
        Reported test = (Reported) context.getRequiredTestInstance();
        Findings findings = findings(context, test.reportName());
        findings.serverIs(test::serverVersion, test.isTestDouble());
        findings.excused(context.getUniqueId(), test.excuses());
        store(context).put(context.getRequiredTestClass(), findings);
    }

    private static Store store(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE);
    }

    private static Findings findings(ExtensionContext context, String name) {
        Path directory = Path.of(System.getProperty("conformance.directory", "target/conformance"));
        return requireNonNull(store(context)
                .computeIfAbsent(name, each -> new Findings(directory.resolve(each + ".json")), Findings.class));
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        of(context).passed(context.getUniqueId(), name(context));
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        of(context).failed(name(context), String.valueOf(cause));
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        of(context).failed(name(context), "aborted: " + cause);
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        of(context).failed(name(context), "disabled: " + reason.orElse("no reason given"));
    }

    /** Those of its class, or, where no test has got as far as to be asked for its name, of the package. */
    private static Findings of(ExtensionContext context) {
        Class<?> type = context.getRequiredTestClass();
        Findings known = store(context).get(type, Findings.class);
        return known != null ? known : findings(context, packageName(type));
    }

    /** The last part of it: that of {@code com.example.shelf} is {@code shelf}. */
    public static String packageName(Class<?> type) {
        String name = type.getPackageName();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static String name(ExtensionContext context) {
        String method = context.getRequiredTestMethod().getName();
        String shown = context.getDisplayName();
        return context.getRequiredTestClass().getSimpleName() + "." + method
                + (shown.startsWith(method) ? "" : " " + shown);
    }
}
