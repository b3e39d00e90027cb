package io.crossfade.proxy.driver.qdrant;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.settings.Bytes;
import io.crossfade.proxy.settings.Check;
import io.crossfade.proxy.settings.Default;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The options of driver {@code qdrant}.
 *
 * @param address of the server's gRPC port: {@code host:port}
 * @param collection its name there; not an alias
 * @param apiKey a secret. Not sent in plain text to another machine
 * @param tls speak TLS
 * @param tlsCa certificates that are trusted, as PEM, relative to the data directory; those of the platform if absent
 * @param textKey of the payload, which holds a document's text where that is a part of its own
 * @param vectors by field: the name of its vector
 * @param payloadIndexes by payload key: the type of the payload index that is made where an index is asked for
 * @param openTimeout of one call while the index is opened or made
 * @param unknownSettle how long after it was sent a write whose answer was lost may still take effect
 * @param messageBytes largest message, in and out
 */
record QdrantIndexSettings(
        String address,
        String collection,
        @Nullable String apiKey,
        @Default("false") boolean tls,
        @Nullable Path tlsCa,
        @Default("page_content") String textKey,
        Map<String, FieldSettings> vectors,
        Map<String, Object> payloadIndexes,
        @Default("30s") Duration openTimeout,
        @Default("60s") Duration unknownSettle,
        @Bytes @Default("64MiB") int messageBytes) {
    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.]+]|[^:/\\[\\]\\s]+):(?<port>\\d{1,5})");
    private static final Pattern LOOPBACK = Pattern.compile("(localhost|127\\.\\d+\\.\\d+\\.\\d+|\\[::1]):\\d+");
    private static final int MAX_PORT = 65_535;
    private static final int LEAST_MESSAGE = 1 << 20;
    private static final int MOST_COLLECTION = 255;

    /**
     * The driver's settings of a vector field.
     *
     * @param name of its vector there; the field's own name if absent. "" is the vector without a name
     */
    record FieldSettings(@Nullable String name) {}

    /** Types of payload indexes, as they are written. */
    enum IndexType {
        KEYWORD,
        INTEGER,
        FLOAT,
        BOOL,
        DATETIME,
        UUID,
        TEXT,
        GEO;

        private static String names() {
            return Arrays.stream(values())
                    .map(type -> type.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
        }

        private static boolean isOne(Object name) {
            return Arrays.stream(values())
                    .anyMatch(type -> type.name().toLowerCase(Locale.ROOT).equals(name));
        }
    }

    QdrantIndexSettings {
        Check check = new Check()
                .that(isAddress(address), "address", address.isEmpty() ? "empty" : address, "host:port")
                .that(
                        !collection.isEmpty() && collection.length() <= MOST_COLLECTION,
                        "collection",
                        collection.isEmpty() ? "empty" : collection.length() + " characters",
                        "a name of 1 to 255 characters")
                .that(tls || tlsCa == null, "tls_ca", String.valueOf(tlsCa), "tls: true")
                .that(
                        apiKey == null || (isHeader(apiKey) && !apiKey.isEmpty()),
                        "api_key",
                        apiKey == null || !apiKey.isEmpty() ? "something else" : "empty",
                        "visible ASCII characters")
                .that(
                        apiKey == null || tls || LOOPBACK.matcher(address).matches(),
                        "api_key",
                        "in plain text to " + address,
                        "tls: true, except for this machine")
                .that(
                        !textKey.isEmpty() && !PayloadKeys.isReserved(textKey),
                        "text_key",
                        textKey.isEmpty() ? "empty" : textKey,
                        "a key that does not begin with _cf_ and is not __id__")
                .positive("open_timeout", openTimeout)
                .positive("unknown_settle", unknownSettle)
                .atLeast("message_bytes", messageBytes, LEAST_MESSAGE);
        payloadIndexes.forEach((key, type) -> check.that(
                        IndexType.isOne(type), "payload_indexes." + key, type, "one of " + IndexType.names())
                .that(
                        JsonPath.isParsed(key),
                        "payload_indexes." + key,
                        "no path",
                        "keys with dots between them, as a.b"));
        check.done();
        vectors = Map.copyOf(vectors);
        payloadIndexes = Map.copyOf(payloadIndexes);
    }

    static QdrantIndexSettings of(IndexDefinition definition) {
        QdrantIndexSettings settings = definition.options(QdrantIndexSettings.class);
        Check check = new Check();
        settings.vectors
                .keySet()
                .forEach(field -> check.that(
                        definition.vectors().containsKey(field),
                        "indexes." + definition.name() + ".vectors." + field,
                        "unknown",
                        "one of " + definition.vectors().keySet()));
        check.done();
        return settings;
    }

    private static boolean isAddress(String address) {
        Matcher matcher = ADDRESS.matcher(address);
        return matcher.matches() && Integer.parseInt(matcher.group("port")) <= MAX_PORT;
    }

    private static boolean isHeader(String text) {
        return text.chars().allMatch(each -> each > ' ' && each < 0x7f);
    }

    /** The payload index of this type for each key. */
    Map<String, IndexType> indexTypes() {
        return payloadIndexes.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        entry -> IndexType.valueOf(entry.getValue().toString().toUpperCase(Locale.ROOT))));
    }

    /** The name of each field's vector. */
    Map<String, String> vectorNames(IndexDefinition definition) {
        return definition.vectors().keySet().stream().collect(Collectors.toMap(field -> field, this::vectorName));
    }

    private String vectorName(String field) {
        FieldSettings settings = vectors.get(field);
        return settings == null || settings.name() == null ? field : settings.name();
    }

    /** The options without the secret among them. */
    @Override
    public String toString() {
        return "QdrantIndexSettings[address=" + address + ", collection=" + collection + ", tls=" + tls + "]";
    }
}
