package io.crossfade.proxy.cli;

import io.crossfade.proxy.terminal.Quantity;
import io.crossfade.proxy.terminal.Table;
import io.crossfade.proxy.wire.ShortNames;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.Blocker;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.DirtyRange;
import io.crossfade.v1.MemberStatus;
import io.crossfade.v1.ShadowStatus;
import io.crossfade.v1.VerifyStatus;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Renders a collection's status for people. */
final class StatusText {
    private static final String LINE = System.lineSeparator();

    private StatusText() {}

    static String list(List<CollectionStatus> collections) {
        Table table = new Table("COLLECTION", "PHASE", "EPOCH", "SERVES", "MIGRATES TO", "BLOCKERS");
        collections.forEach(each -> table.row(
                each.getCollection(),
                ShortNames.of(each.getPhase()),
                each.getEpoch(),
                each.getServingIndex(),
                orDash(each.getMigrationIndex()),
                each.getMigrationIndex().isEmpty() ? "-" : each.getBlockersCount()));
        return table.isEmpty() ? "no collections" + LINE : table.toString();
    }

    /** One line, for progress. */
    static String line(CollectionStatus status) {
        BackfillStatus backfill = status.getBackfill();
        String line = ShortNames.of(status.getPhase()) + "  reads: " + status.getServingIndex();
        if (!status.getMigrationIndex().isEmpty()) {
            line += "  backfill: " + backfill(backfill) + "  pending: " + Quantity.count(pending(status))
                    + "  breaker: "
                    + status.getMembersList().stream()
                            .filter(MemberStatus::hasBreaker)
                            .map(member -> ShortNames.of(member.getBreaker().getState()))
                            .distinct()
                            .collect(Collectors.joining(","));
        }
        return line;
    }

    static String full(CollectionStatus status) {
        StringBuilder text = new StringBuilder();
        add(text, "collection", status.getCollection());
        add(text, "phase", phase(status));
        add(text, "reads from", status.getServingIndex());
        add(text, "primary", status.getPrimaryIndex());
        if (!status.getMigrationIndex().isEmpty()) {
            add(text, "migrates to", status.getMigrationIndex());
            add(text, "backfill", backfill(status.getBackfill()) + parked(status.getBackfill()));
            if (!status.getBackfill().getProblem().isEmpty()) {
                add(text, "", status.getBackfill().getProblem());
            }
            add(
                    text,
                    "pace",
                    status.getPace() == 0 ? "as fast as live traffic allows" : Quantity.rate(status.getPace()));
            add(text, "last verify", status.hasLastVerify() ? verify(status.getLastVerify()) : "none");
            add(text, "shadow reads", shadow(status.getShadow()));
        }
        text.append(LINE).append(members(status.getMembersList()));
        status.getMembersList().stream()
                .flatMap(member -> member.getDirtyRangesList().stream())
                .forEach(range -> add(text, "dirty", dirty(range)));
        if (!status.getMigrationIndex().isEmpty()) {
            text.append(LINE).append(blockers(status.getBlockersList()));
            if (status.getDoubtsCount() > 0) {
                text.append(LINE).append("in doubt:").append(LINE).append(blockers(status.getDoubtsList()));
            }
        }
        return text.toString();
    }

    static String blockers(List<Blocker> blockers) {
        if (blockers.isEmpty()) {
            return "nothing stands in the way of a flip" + LINE;
        }
        Table table = new Table("BLOCKER", "MEMBER", "DETAIL");
        blockers.forEach(each -> table.row(
                ShortNames.of(each.getCode(), each.getCodeValue()), orDash(each.getMember()), each.getDetail()));
        return table.toString();
    }

    static String backfill(BackfillStatus backfill) {
        return switch (backfill.getState()) {
            case STATE_RUNNING -> bar(backfill) + counts(backfill) + speed(backfill);
            case STATE_DONE -> "done, " + countsAtTheEnd(backfill);
            case STATE_PAUSED -> "paused at " + counts(backfill);
            case STATE_WAITING, STATE_UNSPECIFIED, UNRECOGNIZED -> "waiting";
        };
    }

    private static boolean isBeyondTotal(BackfillStatus backfill) {
        return backfill.hasTotal() && backfill.getCopied() > backfill.getTotal();
    }

    /** Only where the share is known. */
    private static String bar(BackfillStatus backfill) {
        return backfill.getTotal() == 0 || isBeyondTotal(backfill)
                ? ""
                : "[" + Quantity.bar((double) backfill.getCopied() / backfill.getTotal()) + "] ";
    }

    private static String counts(BackfillStatus backfill) {
        return isBeyondTotal(backfill)
                ? countsSince(backfill)
                : Quantity.count(backfill.getCopied()) + " of "
                        + (backfill.hasTotal() ? Quantity.count(backfill.getTotal()) : "-");
    }

    /** At the end it has gone through all, whatever there was at the beginning. */
    private static String countsAtTheEnd(BackfillStatus backfill) {
        if (!backfill.hasTotal()) {
            return Quantity.count(backfill.getCopied());
        }
        return backfill.getCopied() == backfill.getTotal() ? counts(backfill) : countsSince(backfill);
    }

    private static String countsSince(BackfillStatus backfill) {
        return Quantity.count(backfill.getCopied()) + " (" + Quantity.count(backfill.getTotal()) + " when it began)";
    }

    private static String speed(BackfillStatus backfill) {
        String rate = backfill.hasDocumentsPerSecond() ? Quantity.rate(backfill.getDocumentsPerSecond()) : "-/s";
        return ", " + rate + ", " + (backfill.hasEtaSeconds() ? Quantity.duration(backfill.getEtaSeconds()) : "-")
                + " to go";
    }

    private static String phase(CollectionStatus status) {
        String phase = ShortNames.of(status.getPhase()) + " (epoch " + status.getEpoch() + ")";
        return status.hasSteppingTo() ? phase + ", stepping to " + ShortNames.of(status.getSteppingTo()) : phase;
    }

    private static String parked(BackfillStatus backfill) {
        return backfill.getParked() == 0 ? "" : ", " + Quantity.count(backfill.getParked()) + " parked";
    }

    private static String verify(VerifyStatus verify) {
        return (verify.getClean() ? "clean" : "not clean") + ": " + Quantity.count(verify.getCompared()) + " compared, "
                + verify.getDifferent() + " different, " + verify.getMoving() + " moving, " + verify.getRepaired()
                + " repaired"
                + (verify.getHalfway() == 0
                        ? ""
                        : "; a run has compared " + Quantity.count(verify.getHalfway()) + " so far");
    }

    private static String shadow(ShadowStatus shadow) {
        return shadow.getSampled() == 0
                ? String.format(Locale.ROOT, "share %.3f", shadow.getShare())
                : String.format(
                        Locale.ROOT,
                        "share %.3f, %d sampled, overlap %.3f, rank agreement %.3f, p50 %.1f ms against %.1f ms",
                        shadow.getShare(),
                        shadow.getSampled(),
                        shadow.getOverlapAtK(),
                        shadow.getRankAgreement(),
                        shadow.getFollowerP50Ms(),
                        shadow.getServingP50Ms());
    }

    private static String members(List<MemberStatus> members) {
        Table table =
                new Table("MEMBER", "EPOCH", "PENDING", "OLDEST", "PARKED", "BREAKER", "JOURNAL", "IN FLIGHT", "HELD");
        members.forEach(each -> table.row(
                each.getMember(),
                each.getAppliedEpoch(),
                Quantity.count(each.getPendingKeys()),
                Quantity.duration(each.getOldestPendingSeconds()),
                Quantity.count(each.getParked()),
                each.hasBreaker() ? ShortNames.of(each.getBreaker().getState()) : "-",
                Quantity.count(each.getJournalBytes()) + " B",
                each.getCallsInFlight(),
                each.getHeldWrites()));
        return table.toString();
    }

    private static String dirty(DirtyRange range) {
        return range.getMember() + " since version " + Long.toUnsignedString(range.getSince()) + ": "
                + range.getReason();
    }

    private static long pending(CollectionStatus status) {
        return status.getMembersList().stream()
                .mapToLong(MemberStatus::getPendingKeys)
                .sum();
    }

    private static void add(StringBuilder text, String name, String value) {
        text.append(String.format("%-13s %s%n", name, value));
    }

    static String orDash(String text) {
        return text.isEmpty() ? "-" : text;
    }
}
