package io.crossfade.proxy.front.api;

import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import io.crossfade.proxy.migration.state.VerifyState;
import io.crossfade.proxy.migration.state.VerifyState.Halfway;
import io.crossfade.proxy.migration.state.VerifyState.Verdict;
import io.crossfade.proxy.model.Phase;
import io.crossfade.proxy.read.ShadowReads;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.DirtyRange;
import io.crossfade.v1.Distribution;
import io.crossfade.v1.MemberStatus;
import io.crossfade.v1.ShadowStatus;
import io.crossfade.v1.VerifyStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes where a migration stands, as a message. */
public final class StatusWriter {
    private StatusWriter() {}

    public static CollectionStatus write(Status status) {
        CollectionState state = status.state();
        CollectionStatus.Builder message = CollectionStatus.newBuilder()
                .setCollection(status.collection())
                .setPhase(EnumWriter.write(state.phase()))
                .setEpoch(state.epoch())
                .setPrimaryIndex(state.primary())
                .setServingIndex(state.serving())
                .addAllMembers(members(status))
                .addAllBlockers(BlockerWriter.write(status.blockers()))
                .addAllDoubts(BlockerWriter.write(status.doubts()))
                .setShadow(shadow(status.shadow()))
                .setPace(status.pace());
        if (state.migration() != null) {
            message.setMigrationIndex(state.migration());
        }
        if (state.step() != null) {
            message.setSteppingTo(EnumWriter.write(state.step().target()));
        }
        backfill(status).ifPresent(message::setBackfill);
        status.verify().ifPresent(verify -> message.setLastVerify(verify(verify, state.doubted())));
        return message.build();
    }

    public static BreakerStatus write(Status.Breaker breaker) {
        return BreakerStatus.newBuilder()
                .setState(EnumWriter.write(breaker.state()))
                .setFailureRate(breaker.failureRate())
                .setSlowRate(breaker.slowRate())
                .setRejected(breaker.rejected())
                .build();
    }

    private static Optional<BackfillStatus> backfill(Status status) {
        if (status.backfill().isPresent()) {
            return Optional.of(backfill(status, status.backfill().get()));
        }
        return status.state().phase() == Phase.MIRRORING
                ? Optional.of(BackfillStatus.newBuilder()
                        .setState(BackfillStatus.State.STATE_WAITING)
                        .setParked(status.local().parked())
                        .setProblem(status.backfillProblem().orElse(""))
                        .build())
                : Optional.empty();
    }

    private static BackfillStatus backfill(Status status, CopyProgress progress) {
        BackfillStatus.State state = state(progress);
        BackfillStatus.Builder message = BackfillStatus.newBuilder()
                .setState(state)
                .setCopied(progress.copied())
                .setParked(status.local().parked())
                .setProblem(status.backfillProblem().orElse(""));
        Long total = progress.total();
        if (total != null) {
            message.setTotal(total);
        }
        status.documentsPerSecond().ifPresent(rate -> {
            message.setDocumentsPerSecond(rate);
            progress.left().ifPresent(left -> message.setEtaSeconds(left / rate));
        });
        return message.build();
    }

    private static BackfillStatus.State state(CopyProgress progress) {
        if (progress.isDone()) {
            return BackfillStatus.State.STATE_DONE;
        }
        if (progress.paused()) {
            return BackfillStatus.State.STATE_PAUSED;
        }
        return progress.begun() ? BackfillStatus.State.STATE_RUNNING : BackfillStatus.State.STATE_WAITING;
    }

    /** The members; of the others this one knows only the epoch. */
    private static List<MemberStatus> members(Status status) {
        List<MemberStatus> messages = new ArrayList<>();
        messages.add(local(status.local()));
        status.state().members().forEach((name, member) -> {
            if (!name.equals(status.local().member())) {
                messages.add(MemberStatus.newBuilder()
                        .setMember(name)
                        .setAppliedEpoch(member.appliedEpoch())
                        .build());
            }
        });
        return messages;
    }

    private static MemberStatus local(Status.Local local) {
        MemberStatus.Builder message = MemberStatus.newBuilder()
                .setMember(local.member())
                .setAppliedEpoch(local.appliedEpoch())
                .setPendingKeys(local.pendingKeys())
                .setOldestPendingSeconds(local.oldestPendingSeconds())
                .setParked(local.parked())
                .setJournalBytes(local.journalBytes())
                .setBreaker(write(local.breaker()))
                .setCallsInFlight(local.callsInFlight())
                .setHeldWrites(local.held().writes());
        local.dirty()
                .ifPresent(dirty -> message.addDirtyRanges(DirtyRange.newBuilder()
                        .setMember(local.member())
                        .setSince(dirty.since())
                        .setReason(dirty.reason())));
        return message.build();
    }

    private static VerifyStatus verify(VerifyState state, long doubted) {
        Verdict verdict = state.verdict();
        Halfway halfway = state.halfway();
        return VerifyStatus.newBuilder()
                .setClean(state.isClean(doubted))
                .setCompared(verdict.compared())
                .setDifferent(verdict.different())
                .setMoving(verdict.moving())
                .setRepaired(verdict.repaired())
                .setBeganUnixMs(verdict.beganMillis())
                .setHalfway(halfway == null ? 0 : halfway.found().compared())
                .build();
    }

    private static ShadowStatus shadow(ShadowReads.Report report) {
        return ShadowStatus.newBuilder()
                .setShare(report.share())
                .setSampled(report.sampled())
                .setOverlapAtK(report.overlap())
                .setRankAgreement(report.agreement())
                .setServingP50Ms(report.leaderP50Millis())
                .setFollowerP50Ms(report.followerP50Millis())
                .setServingScores(distribution(report.leaderScores()))
                .setFollowerScores(distribution(report.followerScores()))
                .setDropped(report.dropped())
                .setFailed(report.failed())
                .build();
    }

    private static Distribution distribution(double[] percentiles) {
        return percentiles.length == 0
                ? Distribution.getDefaultInstance()
                : Distribution.newBuilder()
                        .setP10(percentiles[0])
                        .setP50(percentiles[1])
                        .setP90(percentiles[2])
                        .build();
    }
}
