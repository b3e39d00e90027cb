package io.crossfade.proxy.migration.flip;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.migration.identity.Vouch;
import io.crossfade.proxy.migration.state.Doubt;

/** What an operator is told of a doubt, and what ends it. */
public final class Doubts {
    private static final String BY_VERIFY = " (expected: a clean verify begun after that)";

    private Doubts() {}

    /**
     * @param ofLeader it is about the index that leads
     */
    public static Blocker blocker(Doubt doubt, boolean ofLeader) {
        return switch (doubt.kind()) {
            case FENCED ->
                new Blocker(
                        Blocker.Code.FENCED,
                        doubt.about() + " was fenced, what it knew to be pending is lost" + BY_VERIFY,
                        doubt.about());
            case INDEX_REPLACED ->
                Blocker.of(
                        ofLeader ? Blocker.Code.LEADER_LOST : Blocker.Code.INDEX_REPLACED,
                        doubt.found()
                                + (ofLeader
                                        ? lost()
                                        : "; nothing is sent there (expected: that index back, or"
                                                + " accept this one)"));
            case INDEX_WENT_BACK, LEFT_BEHIND ->
                Blocker.of(
                        ofLeader ? Blocker.Code.LEADER_LOST : Blocker.Code.INDEX_WENT_BACK,
                        doubt.found()
                                + (ofLeader
                                        ? lost()
                                        : "; what it lacks is there when it was verified with repair" + BY_VERIFY));
            case UNCOMPARED -> Blocker.of(Blocker.Code.NOT_COMPARED, doubt.about() + ": " + doubt.found() + BY_VERIFY);
        };
    }

    private static String lost() {
        return "; the other index may have the last copy of what is missing, and nothing is written there (expected:"
                + " recover from it, roll back to it, or accept the loss)";
    }

    static Blocker.Code code(Vouch.Kind kind) {
        return switch (kind) {
            case REPLACED -> Blocker.Code.INDEX_REPLACED;
            case WENT_BACK -> Blocker.Code.INDEX_WENT_BACK;
            case STATE_OLD -> Blocker.Code.DIRTY_RANGE;
            case SAME, TWIN, UNREACHABLE -> Blocker.Code.INDEX_UNVOUCHED;
        };
    }
}
