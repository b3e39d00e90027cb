package io.crossfade.proxy.embed;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what a server's answer means. */
final class OpenAiReply {
    /**
     * The parser of replies, which takes NaN as such, because servers written in Python answer it so. It is read, so
     * that it can be named.
     */
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** No key, a wrong one, a wrong address, or a model that the server does not have. */
    private static final Set<Integer> NOT_THERE_OR_NOT_FOR_US = Set.of(401, 403, 404, 405);

    private static final int SHOWN_CHARACTERS = 200;

    private final String name;
    private final Time time;

    OpenAiReply(String name, Time time) {
        this.name = name;
        this.time = time;
    }

    /** The vectors in the order of the texts; else an {@link EmbeddingException}. */
    List<Embedding> vectors(HttpResponse<byte[]> response, int texts) {
        int status = response.statusCode();
        if (status == 200) {
            return inOrder(data(response), texts);
        }
        String message = name + ": status " + status + ": " + start(response);
        if (status == 429 || (status == 503 && retryAfter(response) != null)) {
            Duration wait = retryAfter(response);
            throw EmbeddingException.limited(message, wait == null ? Duration.ZERO : wait);
        }
        if (NOT_THERE_OR_NOT_FOR_US.contains(status)) {
            throw EmbeddingException.misconfigured(message, null);
        }
        boolean textRefused = status == 400 || status == 413 || status == 422;
        throw new EmbeddingException(message, textRefused, null);
    }

    private JsonNode data(HttpResponse<byte[]> response) {
        try {
            JsonNode data = JSON.readTree(response.body()).path("data");
            if (data.isArray()) {
                return data;
            }
        } catch (IOException e) {
            throw new EmbeddingException(name + ": not JSON: " + start(response), false, e);
        }
        throw new EmbeddingException(name + ": no data: " + start(response), false, null);
    }

    private List<Embedding> inOrder(JsonNode data, int texts) {
        @Nullable Embedding[] vectors = new @Nullable Embedding[texts];
        if (data.size() != texts) {
            throw new EmbeddingException(name + ": " + data.size() + " vectors (expected: " + texts + ")", false, null);
        }
        for (int i = 0; i < texts; i++) {
            int index = data.get(i).path("index").asInt(i);
            if (index < 0 || index >= texts || vectors[index] != null) {
                throw new EmbeddingException(
                        name + ": data[" + i + "].index: " + index + " (expected: each of 0 to " + (texts - 1)
                                + " once)",
                        false,
                        null);
            }
            vectors[index] = vector(data.get(i).path("embedding"), i);
        }
        return Arrays.stream(vectors).map(Objects::requireNonNull).toList();
    }

    private Embedding vector(JsonNode numbers, int position) {
        float[] values = new float[numbers.size()];
        for (int i = 0; i < values.length; i++) {
            JsonNode number = numbers.get(i);
            if (!number.isNumber() && !number.isNull()) {
                throw new EmbeddingException(
                        name + ": data[" + position + "].embedding[" + i + "]: not a number", false, null);
            }
            // Some servers answer null for NaN.
            values[i] = number.isNull() ? Float.NaN : number.floatValue();
        }
        return Embedding.of(values);
    }

    private @Nullable Duration retryAfter(HttpResponse<byte[]> response) {
        String header = response.headers().firstValue("Retry-After").orElse("").strip();
        try {
            return header.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(header)) : until(header);
        } catch (DateTimeParseException e) {
            return null;
        }
    }

    private Duration until(String date) {
        long at = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                .toInstant()
                .toEpochMilli();
        return Duration.ofMillis(Math.max(0, at - time.wallMillis()));
    }

    private static String start(HttpResponse<byte[]> response) {
        String body =
                new String(response.body(), StandardCharsets.UTF_8).strip().replaceAll("\\s+", " ");
        return body.length() > SHOWN_CHARACTERS ? body.substring(0, SHOWN_CHARACTERS) + "..." : body;
    }
}
