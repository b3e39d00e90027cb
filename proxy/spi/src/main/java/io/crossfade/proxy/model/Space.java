package io.crossfade.proxy.model;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;

/**
 * An embedding space. Two spaces are the same if and only if their fingerprints are: every field but the name counts.
 *
 * @param name by which configuration and clients know it
 * @param revision of the model; "" if it has none
 * @param normalised vectors have length 1
 * @param documentPrefix put before a document's text
 * @param queryPrefix put before a query's text
 * @param maxChars text beyond this is cut off before embedding; 0: not cut
 */
public record Space(
        String name,
        String model,
        String revision,
        int dimensions,
        Metric metric,
        boolean normalised,
        String documentPrefix,
        String queryPrefix,
        int maxChars) {
    /** The measure of how near two vectors are; a higher score is nearer. */
    public enum Metric {
        /** The cosine of the angle, -1 to 1. */
        COSINE,
        /** The dot product. */
        DOT,
        /** The Euclidean distance, negated. */
        L2
    }

    /**
     * Fingerprints that were computed: one is asked for with every vector that is written or compared. As many as
     * spaces are configured.
     */
    private static final ConcurrentHashMap<Space, String> FINGERPRINTS = new ConcurrentHashMap<>();

    /** The fingerprint of the space, 16 hexadecimal digits. */
    public String fingerprint() {
        return FINGERPRINTS.computeIfAbsent(this, Space::hashed);
    }

    private String hashed() {
        String all = String.join(
                "\u0000",
                model,
                revision,
                Integer.toString(dimensions),
                metric.name(),
                Boolean.toString(normalised),
                documentPrefix,
                queryPrefix,
                Integer.toString(maxChars));
        return HexFormat.of().formatHex(Digest.sha256(all.getBytes(StandardCharsets.UTF_8)), 0, 8);
    }

    /** The score of two vectors of this space. */
    public double score(Embedding a, Embedding b) {
        double dot = 0;
        double squaresA = 0;
        double squaresB = 0;
        double squaredDistance = 0;
        for (int i = 0; i < dimensions; i++) {
            double x = a.get(i);
            double y = b.get(i);
            dot += x * y;
            squaresA += x * x;
            squaresB += y * y;
            squaredDistance += (x - y) * (x - y);
        }
        return switch (metric) {
            case DOT -> dot;
            case COSINE -> squaresA == 0 || squaresB == 0 ? 0 : dot / Math.sqrt(squaresA * squaresB);
            case L2 -> -Math.sqrt(squaredDistance);
        };
    }
}
