package io.crossfade.proxy.front.admin;

import io.crossfade.proxy.front.calls.ShapeProblems;
import io.crossfade.proxy.migration.admin.Admin.Mode;
import io.crossfade.proxy.migration.admin.Admin.StartRequest;
import io.crossfade.proxy.migration.admin.Admin.StepRequest;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.wire.Documents;
import io.crossfade.proxy.wire.ShortNames;
import io.crossfade.v1.KeyVersion;
import io.crossfade.v1.RollbackRequest;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.WaiveParkedRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads admin requests in model terms. */
final class AdminReader {
    private static final int REASON_BYTES = 256;
    private static final int KEYS = 1000;
    private static final int DEFAULT_LIMIT = 100;
    private static final int LIMIT = 1000;
    private static final int DEFAULT_INTERVAL_MILLIS = 500;
    private static final int LEAST_INTERVAL_MILLIS = 100;

    private AdminReader() {}

    static StartRequest start(StartMigrationRequest request) {
        ShapeProblems problems = new ShapeProblems("");
        if (request.getToIndex().isEmpty()) {
            problems.malformed("to_index", "empty (expected: the name of an index)");
        }
        Map<String, Mode> modes = new HashMap<>();
        request.getModesMap().forEach((field, mode) -> {
            switch (mode) {
                case MODE_CARRY -> modes.put(field, Mode.CARRY);
                case MODE_EMBED -> modes.put(field, Mode.EMBED);
                case MODE_UNSPECIFIED, UNRECOGNIZED ->
                    problems.malformed(
                            "modes[\"" + field + "\"]",
                            ShortNames.of(mode, request.getModesValueOrThrow(field)) + " (expected: CARRY or EMBED)");
            }
        });
        problems.throwIfAny();
        return new StartRequest(
                request.getToIndex(),
                modes,
                request.getDryRun(),
                epoch(request.hasExpectedEpoch(), request.getExpectedEpoch()));
    }

    static StepRequest step(Optional<Long> expectedEpoch, boolean dryRun, com.google.protobuf.ByteString reason) {
        return new StepRequest(expectedEpoch, dryRun, reason(reason), false);
    }

    static StepRequest rollback(RollbackRequest request) {
        String reason = reason(request.getReasonBytes());
        if (request.getLeaveAckedWritesBehind() && reason.isBlank()) {
            ShapeProblems problems = new ShapeProblems("");
            problems.malformed("reason", "none (expected: one, where leave_acked_writes_behind is set)");
            problems.throwIfAny();
        }
        return new StepRequest(
                epoch(request.hasExpectedEpoch(), request.getExpectedEpoch()),
                request.getDryRun(),
                reason,
                request.getLeaveAckedWritesBehind());
    }

    static String reason(com.google.protobuf.ByteString reason) {
        if (reason.size() > REASON_BYTES) {
            ShapeProblems problems = new ShapeProblems("");
            problems.malformed("reason", reason.size() + " bytes (expected: at most " + REASON_BYTES + ")");
            problems.throwIfAny();
        }
        return reason.toStringUtf8();
    }

    static Optional<Long> epoch(boolean given, long epoch) {
        return given ? Optional.of(epoch) : Optional.empty();
    }

    static List<Key> keys(int least, List<io.crossfade.v1.Key> messages) {
        ShapeProblems problems = new ShapeProblems("");
        checkCount(problems, "keys", messages.size(), least);
        List<Key> keys = problems.each("keys", messages, Documents::read);
        for (int i = 0; i < keys.size(); i++) {
            if (keys.get(i).id().isEmpty()) {
                problems.malformed("keys[" + i + "].id", "empty (expected: at least 1 byte)");
            }
        }
        problems.throwIfAny();
        return keys;
    }

    static Map<Key, Long> versions(WaiveParkedRequest request) {
        ShapeProblems problems = new ShapeProblems("");
        checkCount(problems, "documents", request.getDocumentsCount(), 1);
        Map<Key, Long> versions = new HashMap<>();
        for (int i = 0; i < request.getDocumentsCount(); i++) {
            KeyVersion document = request.getDocuments(i);
            if (versions.put(Documents.read(document.getKey()), document.getVersion()) != null) {
                problems.malformed("documents[" + i + "]", "a key twice (expected: each key once)");
            }
        }
        problems.throwIfAny();
        return versions;
    }

    private static void checkCount(ShapeProblems problems, String field, int count, int least) {
        if (count < least || count > KEYS) {
            problems.malformed(field, count + " (expected: " + least + " to " + KEYS + ")");
        }
    }

    static int limit(int given) {
        if (given < 0 || given > LIMIT) {
            ShapeProblems problems = new ShapeProblems("");
            problems.malformed("limit", Integer.toUnsignedString(given) + " (expected: at most " + LIMIT + ")");
            problems.throwIfAny();
        }
        return given == 0 ? DEFAULT_LIMIT : given;
    }

    static int intervalMillis(int given) {
        if (given < 0 || (given > 0 && given < LEAST_INTERVAL_MILLIS)) {
            ShapeProblems problems = new ShapeProblems("");
            problems.malformed(
                    "interval_ms",
                    Integer.toUnsignedString(given) + " (expected: at least " + LEAST_INTERVAL_MILLIS + ")");
            problems.throwIfAny();
        }
        return given == 0 ? DEFAULT_INTERVAL_MILLIS : given;
    }
}
