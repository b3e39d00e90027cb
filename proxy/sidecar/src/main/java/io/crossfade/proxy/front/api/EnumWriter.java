package io.crossfade.proxy.front.api;

import io.crossfade.proxy.collection.Blocker;
import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.verify.Difference;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.write.journal.MarkRecord;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.Metric;
import io.crossfade.v1.PendingKey;
import io.crossfade.v1.WriteResult;

/** Writes enum values as those of the API. A value that the API lacks does not compile. */
public final class EnumWriter {
    private EnumWriter() {}

    public static io.crossfade.v1.Phase write(Phase phase) {
        return switch (phase) {
            case SINGLE -> io.crossfade.v1.Phase.PHASE_SINGLE;
            case MIRRORING -> io.crossfade.v1.Phase.PHASE_MIRRORING;
            case SEALED -> io.crossfade.v1.Phase.PHASE_SEALED;
            case SWITCHED -> io.crossfade.v1.Phase.PHASE_SWITCHED;
            case REVERSED -> io.crossfade.v1.Phase.PHASE_REVERSED;
        };
    }

    public static Metric write(Space.Metric metric) {
        return switch (metric) {
            case COSINE -> Metric.METRIC_COSINE;
            case DOT -> Metric.METRIC_DOT;
            case L2 -> Metric.METRIC_L2;
        };
    }

    public static WriteResult.Leader write(WriteReply.Leader leader) {
        return switch (leader) {
            case APPLIED -> WriteResult.Leader.LEADER_APPLIED;
            case NOT_FOUND -> WriteResult.Leader.LEADER_NOT_FOUND;
            case FAILED -> WriteResult.Leader.LEADER_FAILED;
            case UNKNOWN -> WriteResult.Leader.LEADER_UNKNOWN;
            case REJECTED -> WriteResult.Leader.LEADER_REJECTED;
            case NOT_MATCHED -> WriteResult.Leader.LEADER_NOT_MATCHED;
        };
    }

    public static WriteResult.Follower write(WriteReply.Follower follower) {
        return switch (follower) {
            case NONE -> WriteResult.Follower.FOLLOWER_NONE;
            case APPLIED -> WriteResult.Follower.FOLLOWER_APPLIED;
            case PENDING -> WriteResult.Follower.FOLLOWER_PENDING;
            case PARKED -> WriteResult.Follower.FOLLOWER_PARKED;
        };
    }

    public static BreakerStatus.State write(Status.Breaker.State state) {
        return switch (state) {
            case CLOSED -> BreakerStatus.State.STATE_CLOSED;
            case OPEN -> BreakerStatus.State.STATE_OPEN;
            case HALF_OPEN -> BreakerStatus.State.STATE_HALF_OPEN;
            case FORCED_OPEN -> BreakerStatus.State.STATE_FORCED_OPEN;
        };
    }

    public static io.crossfade.v1.Difference.Kind write(Difference.Kind kind) {
        return switch (kind) {
            case MISSING -> io.crossfade.v1.Difference.Kind.KIND_MISSING;
            case EXTRA -> io.crossfade.v1.Difference.Kind.KIND_EXTRA;
            case VERSION -> io.crossfade.v1.Difference.Kind.KIND_VERSION;
            case CONTENT -> io.crossfade.v1.Difference.Kind.KIND_CONTENT;
            case WRONG_SPACE -> io.crossfade.v1.Difference.Kind.KIND_WRONG_SPACE;
            case STALE_VECTOR -> io.crossfade.v1.Difference.Kind.KIND_STALE_VECTOR;
            case FOREIGN_WRITE -> io.crossfade.v1.Difference.Kind.KIND_FOREIGN_WRITE;
            case MOVING -> io.crossfade.v1.Difference.Kind.KIND_MOVING;
        };
    }

    public static PendingKey.Cause write(MarkRecord.Kind kind) {
        return switch (kind) {
            case WRITE -> PendingKey.Cause.CAUSE_WRITE;
            case UPDATE -> PendingKey.Cause.CAUSE_UPDATE;
            case RECONCILE -> PendingKey.Cause.CAUSE_RECONCILE;
        };
    }

    public static io.crossfade.v1.Blocker.Code write(Blocker.Code code) {
        return switch (code) {
            case BACKFILL_INCOMPLETE -> io.crossfade.v1.Blocker.Code.CODE_BACKFILL_INCOMPLETE;
            case NOT_VERIFIED -> io.crossfade.v1.Blocker.Code.CODE_NOT_VERIFIED;
            case OVERLAP_TOO_LOW -> io.crossfade.v1.Blocker.Code.CODE_OVERLAP_TOO_LOW;
            case DIRTY_RANGE -> io.crossfade.v1.Blocker.Code.CODE_DIRTY_RANGE;
            case FENCED -> io.crossfade.v1.Blocker.Code.CODE_FENCED;
            case PENDING_TOO_OLD -> io.crossfade.v1.Blocker.Code.CODE_PENDING_TOO_OLD;
            case PARKED -> io.crossfade.v1.Blocker.Code.CODE_PARKED;
            case BREAKER_NOT_CLOSED -> io.crossfade.v1.Blocker.Code.CODE_BREAKER_NOT_CLOSED;
            case INDEX_UNVOUCHED -> io.crossfade.v1.Blocker.Code.CODE_INDEX_UNVOUCHED;
            case INDEX_REPLACED -> io.crossfade.v1.Blocker.Code.CODE_INDEX_REPLACED;
            case INDEX_WENT_BACK -> io.crossfade.v1.Blocker.Code.CODE_INDEX_WENT_BACK;
            case LEADER_LOST -> io.crossfade.v1.Blocker.Code.CODE_LEADER_LOST;
            case NOT_COMPARED -> io.crossfade.v1.Blocker.Code.CODE_NOT_COMPARED;
            case MASS_DELETE -> io.crossfade.v1.Blocker.Code.CODE_MASS_DELETE;
            case MEMBER_BEHIND -> io.crossfade.v1.Blocker.Code.CODE_MEMBER_BEHIND;
            case NOT_FED -> io.crossfade.v1.Blocker.Code.CODE_NOT_FED;
            case MEMBER_SILENT -> io.crossfade.v1.Blocker.Code.CODE_MEMBER_SILENT;
            case MEMBER_DISAGREES -> io.crossfade.v1.Blocker.Code.CODE_MEMBER_DISAGREES;
            case EMBEDDED_INDEX -> io.crossfade.v1.Blocker.Code.CODE_EMBEDDED_INDEX;
            case INDEX_TAKEN -> io.crossfade.v1.Blocker.Code.CODE_INDEX_TAKEN;
            case INDEX_NOT_EMPTY -> io.crossfade.v1.Blocker.Code.CODE_INDEX_NOT_EMPTY;
            case QUERY_REFUSED -> io.crossfade.v1.Blocker.Code.CODE_QUERY_REFUSED;
            case INDEX_BEARS_NOTES -> io.crossfade.v1.Blocker.Code.CODE_INDEX_BEARS_NOTES;
        };
    }
}
