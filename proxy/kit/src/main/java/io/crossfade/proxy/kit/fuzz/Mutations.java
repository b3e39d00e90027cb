package io.crossfade.proxy.kit.fuzz;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * The quick half of a fuzz test, for the ordinary run: the same inputs each time, made by damage from those in the
 * folder of the test, {@code src/test/resources/PACKAGE/TESTInputs/METHOD}, which the fuzzer begins with as well.
 */
public final class Mutations {
    private static final int MOST_CHANGES = 4;

    private final Random random = new Random(20261121);
    private final List<byte[]> examples;

    private Mutations(List<byte[]> examples) {
        this.examples = examples;
    }

    /** What is tried with each input. */
    @FunctionalInterface
    public interface Target {
        void accept(byte[] input) throws Exception;
    }

    public static void of(Class<?> test, String method, int inputs, Target target) throws Exception {
        Mutations mutations = new Mutations(examples(test, method));
        for (int i = 0; i < inputs; i++) {
            byte[] input = mutations.next();
            try {
                target.accept(input);
            } catch (Throwable failed) {
                throw new AssertionError("input " + i + ": " + printed(input), failed);
            }
        }
    }

    private static List<byte[]> examples(Class<?> test, String method) throws IOException, URISyntaxException {
        URL folder = requireNonNull(test.getResource(test.getSimpleName() + "Inputs/" + method), "folder of inputs");
        List<byte[]> examples = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(folder.toURI()))) {
            for (Path file : files.sorted().toList()) {
                examples.add(Files.readAllBytes(file));
            }
        }
        return examples;
    }

    private static String printed(byte[] input) {
        return Arrays.toString(input) + " " + new String(input, StandardCharsets.UTF_8);
    }

    private byte[] next() {
        byte[] input = pick().clone();
        for (int i = random.nextInt(MOST_CHANGES) + 1; i > 0; i--) {
            input = changed(input);
        }
        return input;
    }

    private byte[] pick() {
        return examples.get(random.nextInt(examples.size()));
    }

    private byte[] changed(byte[] input) {
        if (input.length == 0) {
            return pick().clone();
        }
        int at = random.nextInt(input.length);
        return switch (random.nextInt(5)) {
            case 0 -> Arrays.copyOf(input, at);
            case 1 -> spliced(input, at, pick());
            case 2 -> spliced(input, at, Arrays.copyOfRange(input, random.nextInt(input.length), input.length));
            case 3 -> with(input, at, (byte) random.nextInt());
            default -> with(input, at, (byte) (input[at] ^ 1 << random.nextInt(Byte.SIZE)));
        };
    }

    private static byte[] with(byte[] input, int at, byte value) {
        input[at] = value;
        return input;
    }

    /** The beginning of one and the end of the other. */
    private static byte[] spliced(byte[] input, int at, byte[] other) {
        int from = Math.min(at, other.length);
        byte[] result = Arrays.copyOf(input, at + other.length - from);
        System.arraycopy(other, from, result, at, other.length - from);
        return result;
    }
}
