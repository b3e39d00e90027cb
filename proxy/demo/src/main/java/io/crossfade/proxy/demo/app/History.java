package io.crossfade.proxy.demo.app;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The app's record of its calls: a file with one JSON object per line. Each document is written by one thread only, so
 * the lines about a document are in the order of its writes. Lossless: a call is in the file before the next one
 * begins.
 */
public final class History implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_LONG_FOR_INTS)
            .build();
    private static final ObjectWriter WRITER = JSON.writerFor(Call.class);
    private static final ObjectReader READER = JSON.readerFor(Call.class);

    private final BufferedWriter file;

    /** To go on with the one that is there, or to begin one. */
    public History(Path path) throws IOException {
        file = Files.newBufferedWriter(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** All calls so far, in the order in which they ended. */
    public static List<Call> read(Path path) throws IOException {
        try (Stream<String> lines = Files.lines(path)) {
            return lines.map(History::parse).toList();
        }
    }

    public synchronized void add(Call call) {
        try {
            file.write(WRITER.writeValueAsString(call));
            file.newLine();
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("history: cannot be written", e);
        }
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }

    private static Call parse(String line) {
        try {
            return READER.readValue(line);
        } catch (IOException e) {
            throw new UncheckedIOException("history: broken line", e);
        }
    }
}
