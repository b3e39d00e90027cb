package io.crossfade.proxy.front.crossfade;

import io.crossfade.proxy.time.Branches;
import io.crossfade.v1.QueryBatchResponse;
import io.crossfade.v1.QueryResponse;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs the queries of one call, a few at a time, so that a large batch leaves room for others. The first failure ends
 * it. Answers may come on any thread: each has its place, and whoever takes the count to zero replies.
 */
final class QueryWindow {
    private static final int AT_A_TIME = 8;

    private final IntFunction<CompletableFuture<QueryResponse>> query;
    private final @Nullable QueryResponse[] responses;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger left;
    private final CompletableFuture<QueryBatchResponse> result = new CompletableFuture<>();

    /**
     * @param queries at least 1
     */
    QueryWindow(int queries, IntFunction<CompletableFuture<QueryResponse>> query) {
        this.query = query;
        responses = new QueryResponse[queries];
        left = new AtomicInteger(queries);
    }

    CompletableFuture<QueryBatchResponse> run() {
        for (int i = 0; i < AT_A_TIME; i++) {
            advance();
        }
        return result;
    }

    /** Runs one query after the other until one is not answered at once; its answer then continues here. */
    private void advance() {
        while (!result.isDone()) {
            int position = next.getAndIncrement();
            if (position >= responses.length) {
                return;
            }
            CompletableFuture<QueryResponse> answer =
                    begin(position).whenComplete((response, failure) -> note(position, response, failure));
            if (!answer.isDone()) {
                Branches.take(answer, (response, failure) -> advance());
                return;
            }
        }
    }

    private CompletableFuture<QueryResponse> begin(int position) {
        try {
            return query.apply(position);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void note(int position, @Nullable QueryResponse response, @Nullable Throwable failure) {
        if (failure != null) {
            result.completeExceptionally(failure);
            return;
        }
        responses[position] = response;
        if (left.decrementAndGet() == 0) {
            result.complete(QueryBatchResponse.newBuilder()
                    .addAllResponses(Arrays.asList(responses))
                    .build());
        }
    }
}
