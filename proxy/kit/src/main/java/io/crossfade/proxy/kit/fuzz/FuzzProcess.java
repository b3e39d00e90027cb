package io.crossfade.proxy.kit.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Fuzzes one target in a process of its own, for {@code -Dcrossfade.fuzz.seconds=8}. An input that fails is printed in
 * Base64: put it into {@code src/test/resources}, in the folder {@code TESTInputs/METHOD} beside the test's package,
 * and the ordinary run tries it for ever. Jazzer has to be on the class path.
 */
public final class FuzzProcess {
    private static final int SECONDS = Integer.getInteger("crossfade.fuzz.seconds", 8);
    private static final int LINES_SHOWN = 60;
    private static final String JAZZER = "com.code_intelligence.jazzer.Jazzer";

    private FuzzProcess() {}

    /**
     * Fails with the end of the fuzzer's output if it finds anything.
     *
     * @param directory for what the process leaves
     */
    public static void findsNothing(Class<?> test, String method, Path directory) throws IOException {
        Path output = directory.resolve("output");
        Process fuzzer = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx1g",
                        "-Djava.io.tmpdir=" + directory,
                        "-XX:+EnableDynamicAgentLoading",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        JAZZER,
                        "--target_class=" + test.getName(),
                        "--target_method=" + method,
                        "--instrumentation_includes=io.crossfade.proxy.**",
                        "--hooks=true",
                        "--reproducer_path=" + directory,
                        "-max_total_time=" + SECONDS,
                        "-timeout=10",
                        "-rss_limit_mb=4096",
                        "-print_final_stats=1")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        int exit = fuzzer.onExit().join().exitValue();
        List<String> lines = Files.readAllLines(output, StandardCharsets.ISO_8859_1);
        List<String> last = lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size());
        assertThat(exit).as(String.join("\n", last)).isZero();
        assertThat(lines).as("is guided by what an input reaches").anyMatch(line -> line.contains("DONE   cov: "));
        lines.stream()
                .filter(line -> line.startsWith("Done "))
                .forEach(line -> System.out.println(test.getSimpleName() + ": " + line));
    }
}
