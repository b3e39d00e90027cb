package io.crossfade.proxy.migrations.measure;

import io.crossfade.proxy.demo.check.Model;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A model whose vectors are kept in a file, by text, because making them takes minutes. Confined to one thread. */
final class VectorFile implements Model {
    private static final int TOGETHER = 1_000;

    private final Path file;
    private final Model model;
    private final Map<String, float[]> known;

    private VectorFile(Path file, Model model, Map<String, float[]> known) {
        this.file = file;
        this.model = model;
        this.known = known;
    }

    static VectorFile open(Path file, Model model) throws IOException {
        Map<String, float[]> known = new LinkedHashMap<>();
        if (Files.exists(file)) {
            try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
                int count = in.readInt();
                for (int i = 0; i < count; i++) {
                    String text = in.readUTF();
                    float[] vector = new float[in.readInt()];
                    for (int j = 0; j < vector.length; j++) {
                        vector[j] = in.readFloat();
                    }
                    known.put(text, vector);
                }
            }
        }
        return new VectorFile(file, model, known);
    }

    @Override
    public List<float[]> embed(List<String> texts) {
        List<String> missing = texts.stream()
                .filter(text -> !known.containsKey(text))
                .distinct()
                .toList();
        for (int from = 0; from < missing.size(); from += TOGETHER) {
            List<String> some = missing.subList(from, Math.min(missing.size(), from + TOGETHER));
            List<float[]> vectors = model.embed(some);
            for (int i = 0; i < some.size(); i++) {
                known.put(some.get(i), vectors.get(i));
            }
            System.out.println("embedded " + (from + some.size()) + " of " + missing.size());
        }
        if (!missing.isEmpty()) {
            write();
        }
        return texts.stream()
                .map(text -> Objects.requireNonNull(known.get(text)))
                .toList();
    }

    /** Whole or not at all: it may be cut short by whoever ends this. */
    private void write() {
        try {
            Path whole =
                    Files.createDirectories(file.toAbsolutePath().getParent()).resolve(file.getFileName() + ".new");
            try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(whole)))) {
                out.writeInt(known.size());
                for (Map.Entry<String, float[]> each : known.entrySet()) {
                    out.writeUTF(each.getKey());
                    out.writeInt(each.getValue().length);
                    for (float value : each.getValue()) {
                        out.writeFloat(value);
                    }
                }
            }
            Files.move(whole, file, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
