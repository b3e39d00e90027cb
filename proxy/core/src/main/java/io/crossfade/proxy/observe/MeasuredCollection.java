package io.crossfade.proxy.observe;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Description;
import io.crossfade.proxy.collection.FetchReply;
import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.collection.QueryReply;
import io.crossfade.proxy.collection.WriteCall;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.collection.WriteReply.Follower;
import io.crossfade.proxy.collection.WriteReply.Leader;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.Projection;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.Time;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Times writes and queries, counts what became of written documents, and counts the calls that fail. */
final class MeasuredCollection implements Collection {
    private static final Duration[] BUCKETS = LongStream.of(
                    500,
                    1_000,
                    2_500,
                    5_000,
                    10_000,
                    25_000,
                    50_000,
                    100_000,
                    250_000,
                    500_000,
                    1_000_000,
                    2_500_000,
                    5_000_000,
                    10_000_000)
            .mapToObj(micros -> Duration.ofNanos(micros * 1_000))
            .toArray(Duration[]::new);

    private final String name;
    private final Collection next;
    private final MeterRegistry registry;
    private final Time time;
    private final Timer writes;
    private final Timer queries;
    private final Counter[][] written;

    MeasuredCollection(String name, Collection next, MeterRegistry registry, Time time) {
        this.name = name;
        this.next = next;
        this.registry = registry;
        this.time = time;
        this.writes = timer("crossfade.write", "Time of a write call, failed ones included; a batch counts once");
        this.queries = timer("crossfade.query", "Time of a query, failed ones included");
        this.written = new Counter[Leader.values().length][Follower.values().length];
        for (Leader leader : Leader.values()) {
            for (Follower follower : Follower.values()) {
                written[leader.ordinal()][follower.ordinal()] = counter(leader, follower);
            }
        }
    }

    private Timer timer(String metric, String description) {
        return Timer.builder(metric)
                .description(description)
                .tag("collection", name)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private Counter counter(Leader leader, Follower follower) {
        return Counter.builder("crossfade.writes")
                .description("Written documents, by what the leader said and where the follower stood at the ack")
                .tag("collection", name)
                .tag("leader", leader.name().toLowerCase(Locale.ROOT))
                .tag("follower", follower.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    @Override
    public Description describe() {
        return next.describe();
    }

    @Override
    public CompletableFuture<WriteReply> write(WriteCall call, Duration timeout) {
        long began = time.nanos();
        return timed(writes, "write", next.write(call, timeout), this::count, began);
    }

    @Override
    public CompletableFuture<WriteReply> updateMatching(
            Matching matching, MetadataPatch patch, String writeId, Duration timeout) {
        return counted("update_matching", next.updateMatching(matching, patch, writeId, timeout), this::count);
    }

    @Override
    public CompletableFuture<WriteReply> deleteMatching(Matching matching, String writeId, Duration timeout) {
        return counted("delete_matching", next.deleteMatching(matching, writeId, timeout), this::count);
    }

    @Override
    public CompletableFuture<FetchReply> fetch(List<Key> keys, Projection wanted, Duration timeout) {
        return counted("fetch", next.fetch(keys, wanted, timeout), reply -> {});
    }

    @Override
    public CompletableFuture<QueryReply> query(QueryCall query, Duration timeout) {
        long began = time.nanos();
        return timed(queries, "query", next.query(query, timeout), reply -> {}, began);
    }

    @Override
    public CompletableFuture<ScanReply> scan(ScanCall scan, Duration timeout) {
        return counted("scan", next.scan(scan, timeout), reply -> {});
    }

    @Override
    public CompletableFuture<CountReply> count(@Nullable Filter filter, Duration timeout) {
        return counted("count", next.count(filter, timeout), reply -> {});
    }

    @Override
    public CompletableFuture<Map<String, String>> attributes(Duration timeout) {
        return next.attributes(timeout);
    }

    @Override
    public CompletableFuture<Void> setAttribute(String attribute, String value, Duration timeout) {
        return next.setAttribute(attribute, value, timeout);
    }

    private <T> CompletableFuture<T> timed(
            Timer timer, String call, CompletableFuture<T> answer, Consumer<T> answered, long began) {
        return answer.whenComplete((reply, failed) -> {
            timer.record(time.nanos() - began, NANOSECONDS);
            note(call, reply, failed, answered);
        });
    }

    private <T> CompletableFuture<T> counted(String call, CompletableFuture<T> answer, Consumer<T> answered) {
        return answer.whenComplete((reply, failed) -> note(call, reply, failed, answered));
    }

    private <T> void note(String call, T reply, @Nullable Throwable failed, Consumer<T> answered) {
        if (failed == null) {
            answered.accept(reply);
        } else {
            countFailure(call, failed);
        }
    }

    private void count(WriteReply reply) {
        for (WriteReply.Result result : reply.results()) {
            written[result.leader().ordinal()][result.follower().ordinal()].increment();
        }
    }

    private void countFailure(String call, Throwable failed) {
        Throwable cause = Cause.of(failed);
        CallException.Kind kind = cause instanceof CallException known ? known.kind() : CallException.Kind.INTERNAL;
        Counter.builder("crossfade.failed.calls")
                .description("Calls that were refused or failed as a whole, by the reason")
                .tag("collection", name)
                .tag("call", call)
                .tag("kind", kind.name().toLowerCase(Locale.ROOT))
                .register(registry)
                .increment();
    }
}
