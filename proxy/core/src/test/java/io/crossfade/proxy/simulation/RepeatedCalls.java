package io.crossfade.proxy.simulation;

import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Life;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.WriteOp;
import io.crossfade.proxy.time.Cause;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Applications that lost a reply, and repeat what was answered, soon after; and some that use its id for another call. As
 * long as the process is the same, the first are told what was told before, and the others are refused.
 */
final class RepeatedCalls {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final int MOST_MILLIS = 2_000;
    private static final Key NOBODY = Key.of("nobody");

    private final Scenario scenario;
    private final Fleet fleet;
    private final History history;
    private final Trace trace;

    RepeatedCalls(Scenario scenario, Fleet fleet, History history, Trace trace) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.history = history;
        this.trace = trace;
    }

    /** The first try of a call was answered, by a reply or a failure. */
    void answered(
            long slot, Sidecar sidecar, List<WriteOp> ops, @Nullable WriteReply reply, @Nullable Throwable failed) {
        boolean isKnown = reply == null
                ? kind(failed) == CallException.Kind.UNKNOWN
                : reply.results().stream().noneMatch(result -> result.leader() == WriteReply.Leader.FAILED);
        if (!scenario.lostReplies() || !isKnown || !scenario.chance().is(0.3, "reply lost", slot)) {
            return;
        }
        Life life = sidecar.life();
        fleet.time.after(Duration.ofMillis(scenario.chance().below(MOST_MILLIS, "repeat after", slot)), () -> {
            if (scenario.chance().is(0.2, "id of another", slot)) {
                ask(slot, life, sidecar, List.of(Docs.delete(NOBODY)), this::checkRefused);
            } else {
                ask(slot, life, sidecar, ops, (again, why) -> checkSame(slot, reply, again, why));
            }
        });
    }

    private static CallException.@Nullable Kind kind(@Nullable Throwable failed) {
        return failed != null && Cause.of(failed) instanceof CallException call ? call.kind() : null;
    }

    private void ask(
            long slot,
            Life life,
            Sidecar sidecar,
            List<WriteOp> ops,
            BiConsumer<@Nullable WriteReply, @Nullable Throwable> check) {
        if (!sidecar.isReachable() || sidecar.life() != life) {
            return;
        }
        trace.add(() -> "write " + slot + " is repeated through " + sidecar.name());
        sidecar.write(ops, "w" + slot, TIMEOUT).whenComplete((again, why) -> {
            if (kind(why) != CallException.Kind.EXHAUSTED) {
                check.accept(again, why);
            }
        });
    }

    private void checkSame(long slot, @Nullable WriteReply reply, @Nullable WriteReply again, @Nullable Throwable why) {
        boolean isSame = reply == null ? kind(why) == CallException.Kind.UNKNOWN : reply.equals(again);
        if (!isSame) {
            history.violation("write " + slot + " was told " + Clients.brief(reply, null) + ", its repeat "
                    + Clients.brief(again, why));
        }
    }

    private void checkRefused(@Nullable WriteReply again, @Nullable Throwable why) {
        if (kind(why) != CallException.Kind.INVALID) {
            history.violation("another call under a used id: " + Clients.brief(again, why));
        }
    }
}
