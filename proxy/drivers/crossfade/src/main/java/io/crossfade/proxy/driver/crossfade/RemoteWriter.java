package io.crossfade.proxy.driver.crossfade;

import io.crossfade.client.Connection;
import io.crossfade.proxy.index.IndexWrite;
import io.crossfade.proxy.index.VectorCheck;
import io.crossfade.proxy.model.Outcome;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.time.Cause;
import io.crossfade.v1.WriteResponse;
import io.crossfade.v1.WriteResult;
import io.grpc.Channel;
import io.grpc.Deadline;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Sends one batch: a call for each kind of write in it, all at once, since no key is there twice. A call that is
 * refused as a whole (nothing of it was done) or is too large is halved until each write has its own answer.
 */
final class RemoteWriter {
    private final Channel channel;
    private final WriteRequests requests;
    private final Map<String, Space> fields;
    private final Deadline deadline;
    private final List<IndexWrite> writes;
    private final Outcome[] outcomes;

    /**
     * @param fields space of each vector field, here
     */
    RemoteWriter(
            Channel channel,
            WriteRequests requests,
            Map<String, Space> fields,
            Deadline deadline,
            List<IndexWrite> writes) {
        this.channel = channel;
        this.requests = requests;
        this.fields = fields;
        this.deadline = deadline;
        this.writes = writes;
        this.outcomes = new Outcome[writes.size()];
    }

    /** Writes; completes with the outcomes in the order of the writes, and does not fail. */
    CompletableFuture<List<Outcome>> write() {
        if (writes.size() == 1) {
            return writeOne().thenApply(done -> Arrays.asList(outcomes));
        }
        CompletableFuture<?>[] calls = byKind().stream().map(this::send).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(calls).thenApply(done -> Arrays.asList(outcomes));
    }

    private CompletableFuture<Void> writeOne() {
        String problem = problem(writes.get(0));
        if (problem == null) {
            return send(List.of(0));
        }
        outcomes[0] = new Outcome.Rejected(problem);
        return CompletableFuture.completedFuture(null);
    }

    private @Nullable String problem(IndexWrite write) {
        return write instanceof IndexWrite.Unstamp
                ? "stamps: kept by the other Crossfade (expected: they are taken away there)"
                : VectorCheck.problem(fields, write);
    }

    /** Positions of the writes of each kind, without those that cannot fit the fields. */
    private Collection<List<Integer>> byKind() {
        Map<Class<?>, List<Integer>> positions = new LinkedHashMap<>();
        for (int i = 0; i < writes.size(); i++) {
            String problem = problem(writes.get(i));
            if (problem == null) {
                positions
                        .computeIfAbsent(writes.get(i).getClass(), kind -> new ArrayList<>())
                        .add(i);
            } else {
                outcomes[i] = new Outcome.Rejected(problem);
            }
        }
        return positions.values();
    }

    private CompletableFuture<Void> send(List<Integer> positions) {
        WriteRequests.Prepared prepared =
                requests.prepare(positions.stream().map(writes::get).toList());
        if (prepared.bytes() <= Connection.MAX_MESSAGE_BYTES) {
            return prepared.send(channel, deadline)
                    .thenAccept(response -> accept(positions, response))
                    .exceptionallyCompose(failure -> failed(positions, failure));
        } else if (positions.size() > 1) {
            return halve(positions);
        }
        outcomes[positions.get(0)] = new Outcome.Rejected(
                "write: " + prepared.bytes() + " bytes (expected: at most " + Connection.MAX_MESSAGE_BYTES + ")");
        return CompletableFuture.completedFuture(null);
    }

    private CompletableFuture<Void> halve(List<Integer> positions) {
        int middle = positions.size() / 2;
        return CompletableFuture.allOf(
                send(positions.subList(0, middle)), send(positions.subList(middle, positions.size())));
    }

    private CompletableFuture<Void> failed(List<Integer> positions, Throwable failure) {
        Throwable cause = Cause.of(failure);
        if (cause instanceof RemoteFailure remote && remote.isRefusal() && positions.size() > 1) {
            return halve(positions);
        }
        Outcome outcome =
                cause instanceof RemoteFailure remote ? remote.outcome() : new Outcome.Unknown(cause.toString());
        positions.forEach(position -> outcomes[position] = outcome);
        return CompletableFuture.completedFuture(null);
    }

    private void accept(List<Integer> positions, WriteResponse response) {
        if (response.getResultsCount() != positions.size()) {
            throw new IllegalStateException(
                    "results: " + response.getResultsCount() + " (expected: " + positions.size() + ")");
        }
        for (int i = 0; i < positions.size(); i++) {
            outcomes[positions.get(i)] = outcome(response.getResults(i));
        }
    }

    static Outcome outcome(WriteResult result) {
        return switch (result.getLeader()) {
            case LEADER_APPLIED -> Outcome.APPLIED;
            case LEADER_NOT_FOUND -> Outcome.NOT_FOUND;
            case LEADER_FAILED, LEADER_NOT_MATCHED -> new Outcome.Failed(result.getError());
            case LEADER_REJECTED -> new Outcome.Rejected(result.getError());
            case LEADER_UNKNOWN, LEADER_UNSPECIFIED, UNRECOGNIZED -> new Outcome.Unknown(result.getError());
        };
    }
}
