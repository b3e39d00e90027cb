package io.crossfade.proxy.collection;

import java.util.List;
import java.util.stream.Collectors;

/**
 * @param path of the wrong part, such as {@code documents[3].vectors[0]}
 * @param problem value and expectation
 */
public record Violation(String path, String problem) {
    private static final int MOST_IN_SUMMARY = 10;

    static String summary(List<Violation> violations) {
        String listed = violations.stream()
                .limit(MOST_IN_SUMMARY)
                .map(violation -> violation.path() + ": " + violation.problem())
                .collect(Collectors.joining("; "));
        int more = violations.size() - MOST_IN_SUMMARY;
        return more > 0 ? listed + "; and " + more + " more" : listed;
    }
}
