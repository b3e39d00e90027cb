package io.crossfade.proxy.write.journal;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Makes calls of a running process to the kernel fail, by strace, from its attachment to its end. */
final class FailingDisk implements AutoCloseable {
    private static final Pattern SYNC = Pattern.compile("f(?:data)?sync\\(\\d+<([^>]*)>\\) += (-?\\d+).*");
    private static final Pattern INJECTED = Pattern.compile("\\w+\\(\\d+<([^>]*)>.*\\(INJECTED\\)");

    private final Process strace;
    private final Path logs;

    /**
     * Returns when it has effect.
     *
     * @param inject what fails, as {@code strace -e inject=}; counted per thread
     * @param only files whose calls are meant; empty: all
     */
    FailingDisk(long pid, String inject, List<Path> only, Path logs) throws IOException {
        this.logs = logs;
        List<String> command =
                new ArrayList<>(List.of("strace", "-ff", "-y", "-e", "trace=fsync,fdatasync,write,pwrite64"));
        command.addAll(List.of("-e", "inject=" + inject, "-o", logs.resolve("t").toString()));
        only.forEach(file -> command.addAll(List.of("-P", file.toString())));
        command.addAll(List.of("-p", Long.toString(pid)));
        strace = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = strace.inputReader(StandardCharsets.UTF_8);
        String line = output.readLine();
        while (line != null && !line.contains(" attached")) {
            line = output.readLine();
        }
        requireNonNull(line, "strace could not attach (expected: to be installed, and root)");
    }

    /** Files that were synced again, by the same thread, after a sync of theirs had failed. */
    Set<String> syncedAfterFailure() throws IOException {
        Set<String> again = new HashSet<>();
        for (List<String> calls : callsByThread()) {
            Set<String> failed = new HashSet<>();
            for (MatchResult sync : matches(SYNC, calls)) {
                if (failed.contains(sync.group(1))) {
                    again.add(sync.group(1));
                }
                if (sync.group(2).equals("-1")) {
                    failed.add(sync.group(1));
                }
            }
        }
        return again;
    }

    /** Files of which a call failed. */
    Set<String> failed() throws IOException {
        Set<String> files = new HashSet<>();
        for (List<String> calls : callsByThread()) {
            matches(INJECTED, calls).forEach(call -> files.add(call.group(1)));
        }
        return files;
    }

    private List<List<String>> callsByThread() throws IOException {
        List<List<String>> calls = new ArrayList<>();
        try (Stream<Path> threads = Files.list(logs)) {
            for (Path thread : threads.toList()) {
                calls.add(Files.readAllLines(thread, StandardCharsets.ISO_8859_1));
            }
        }
        return calls;
    }

    private static List<MatchResult> matches(Pattern pattern, List<String> calls) {
        return calls.stream()
                .map(pattern::matcher)
                .filter(Matcher::matches)
                .map(Matcher::toMatchResult)
                .toList();
    }

    /** All calls go through again. */
    @Override
    public void close() {
        strace.destroy();
        strace.onExit().join();
    }
}
