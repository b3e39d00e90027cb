package io.crossfade.proxy.kit.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FindingsTest {
    @TempDir
    private Path directory;

    @Test
    void close_writesCountsAndLists_ofWhatPassedWasExcusedAndFailed() throws Exception {
        Path file = directory.resolve("reports/shelf.json");
        try (Findings findings = new Findings(file)) {
            findings.serverIs(() -> "shelf \"7\"", true);
            findings.serverIs(
                    () -> {
                        throw new AssertionError("asked twice");
                    },
                    false);
            findings.excused("1", List.of());
            findings.excused("2", List.of(new Excuse("stored: NORMALISED", "its length is 1")));
            findings.passed("1", "put");
            findings.passed("2", "vectors");
            findings.failed("scan", "expected: 1\nbut was: 2");
        }

        assertThat(Files.readString(file)).isEqualTo("""
                {
                  "server_version": "shelf \\"7\\"",
                  "test_double": true,
                  "passed": 1,
                  "excused": 1,
                  "failed": 1,
                  "passed_tests": [
                    "put"
                  ],
                  "excused_tests": [
                    {"test": "vectors", "excuses": [{"trait": "stored: NORMALISED", "asserted": "its length is 1"}]}
                  ],
                  "failed_tests": [
                    {"test": "scan", "reason": "expected: 1\\u000abut was: 2"}
                  ]
                }
                """);
    }

    @Test
    void nothingRun_listsAreEmpty() throws Exception {
        Path file = directory.resolve("none.json");
        new Findings(file).close();

        assertThat(Files.readString(file))
                .contains("\"server_version\": \"\"", "\"passed\": 0", "\"passed_tests\": []", "\"failed_tests\": []");
    }
}
