package io.crossfade.proxy.read;

import io.crossfade.proxy.collection.QueryCall;
import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.index.Hit;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.route.Route;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Time;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;

/**
 * Asks the follower a share of the queries that the leader has answered, and compares; no application sees a result or
 * waits for one. At most a few are under way, more are dropped and counted (lossy). Keeps the last 1,000 comparisons,
 * guarded by this object's lock.
 */
public final class ShadowReads implements Reader.Listener {
    private static final int MOST_IN_FLIGHT = 8;
    private static final int KEPT = 1_000;
    private static final double PERSISTENCE = 0.9;

    private final Time time;
    private final DoubleSupplier random;
    private final Duration timeout;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final Deque<Sample> samples = new ArrayDeque<>();
    private long sampled;
    private volatile double share;

    public ShadowReads(Time time, DoubleSupplier random, Duration timeout, double share) {
        this.time = time;
        this.random = random;
        this.timeout = timeout;
        this.share = share;
    }

    private record Sample(
            double overlap,
            double agreement,
            double leaderMillis,
            double followerMillis,
            double leaderScore,
            double followerScore) {}

    /**
     * @param overlap mean share of the leader's hits that the follower also has
     * @param agreement mean rank-biased overlap
     * @param leaderScores best score per query: 10th, 50th and 90th percentile
     */
    public record Report(
            double share,
            long sampled,
            double overlap,
            double agreement,
            double leaderP50Millis,
            double followerP50Millis,
            double[] leaderScores,
            double[] followerScores,
            long dropped,
            long failed) {}

    /**
     * @param newShare of the queries, 0 to 1
     */
    public void setShare(double newShare) {
        share = newShare;
    }

    @Override
    public void answered(Route route, QueryCall query, List<Hit> hits, long nanos) {
        if (share <= 0 || !(route instanceof Route.Paired paired) || random.getAsDouble() >= share) {
            return;
        }
        if (inFlight.incrementAndGet() > MOST_IN_FLIGHT) {
            inFlight.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        ask(paired.follower(), query, hits, nanos);
    }

    private void ask(Participant follower, QueryCall query, List<Hit> expected, long leaderNanos) {
        Space space = follower.spaces().get(query.field());
        if (space == null) {
            inFlight.decrementAndGet();
            failed.incrementAndGet();
            return;
        }
        CompletableFuture<Void> asked = Reader.vector(follower, query, space, Embedder.Use.QUERY, timeout)
                .thenCompose(vector -> {
                    long began = time.nanos();
                    return follower.index()
                            .query(Reader.toIndex(query, space, vector), timeout)
                            .thenAccept(hits -> add(expected, hits, leaderNanos, time.nanos() - began));
                });
        Branches.take(asked, (done, wrong) -> {
            inFlight.decrementAndGet();
            if (wrong != null) {
                failed.incrementAndGet();
            }
        });
    }

    private synchronized void add(List<Hit> leader, List<Hit> follower, long leaderNanos, long followerNanos) {
        List<Key> left = leader.stream().map(hit -> hit.document().key()).toList();
        List<Key> right = follower.stream().map(hit -> hit.document().key()).toList();
        samples.addLast(new Sample(
                overlap(left, right),
                rankBiasedOverlap(left, right),
                leaderNanos / 1e6,
                followerNanos / 1e6,
                leader.isEmpty() ? 0 : leader.get(0).score(),
                follower.isEmpty() ? 0 : follower.get(0).score()));
        sampled++;
        if (samples.size() > KEPT) {
            samples.removeFirst();
        }
    }

    static double overlap(List<Key> left, List<Key> right) {
        if (left.isEmpty()) {
            return right.isEmpty() ? 1 : 0;
        }
        Set<Key> found = new HashSet<>(right);
        return left.stream().filter(found::contains).count() / (double) left.size();
    }

    /**
     * Rank-biased overlap (Webber, Moffat and Zobel, "A similarity measure for indefinite rankings", 2010), cut at the
     * longer list and scaled so that equal lists score 1.
     */
    static double rankBiasedOverlap(List<Key> left, List<Key> right) {
        int depth = Math.max(left.size(), right.size());
        Set<Key> seenLeft = new HashSet<>();
        Set<Key> seenRight = new HashSet<>();
        double sum = 0;
        double weights = 0;
        double weight = 1;
        for (int rank = 0; rank < depth; rank++) {
            if (rank < left.size()) {
                seenLeft.add(left.get(rank));
            }
            if (rank < right.size()) {
                seenRight.add(right.get(rank));
            }
            long common = seenLeft.stream().filter(seenRight::contains).count();
            sum += weight * common / (rank + 1);
            weights += weight;
            weight *= PERSISTENCE;
        }
        return depth == 0 ? 1 : sum / weights;
    }

    public synchronized Report report() {
        return new Report(
                share,
                sampled,
                samples.stream().mapToDouble(Sample::overlap).average().orElse(0),
                samples.stream().mapToDouble(Sample::agreement).average().orElse(0),
                percentile(Sample::leaderMillis, 0.5),
                percentile(Sample::followerMillis, 0.5),
                distribution(Sample::leaderScore),
                distribution(Sample::followerScore),
                dropped.get(),
                failed.get());
    }

    private double[] distribution(ToDoubleFunction<Sample> value) {
        return new double[] {percentile(value, 0.1), percentile(value, 0.5), percentile(value, 0.9)};
    }

    private double percentile(ToDoubleFunction<Sample> value, double share) {
        double[] sorted = samples.stream().mapToDouble(value).sorted().toArray();
        return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, Math.round(share * sorted.length))];
    }
}
