package io.crossfade.proxy.cli;

import io.crossfade.client.Key;
import io.crossfade.proxy.terminal.Quantity;
import io.crossfade.proxy.terminal.Table;
import io.crossfade.proxy.wire.ShortNames;
import io.crossfade.v1.KeyVersion;
import io.crossfade.v1.ListParkedResponse;
import io.crossfade.v1.ListPendingResponse;
import io.crossfade.v1.PendingKey;
import io.crossfade.v1.RetryParkedResponse;
import io.crossfade.v1.VerifyProgress;
import io.crossfade.v1.VerifyRequest;
import io.crossfade.v1.WaiveParkedRequest;
import io.crossfade.v1.WaiveParkedResponse;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** Verbs about documents: whether both indexes hold the same, and which are not there yet. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DocumentVerbs {
    private static final String LINE = System.lineSeparator();

    private DocumentVerbs() {}

    @Command(name = "verify", description = "Compares both indexes. Exit code 0 only if they hold the same.")
    static final class Verify extends Verb {
        @Option(names = "--repair", description = "Repair each difference, then look at it once more.")
        private boolean repair;

        @Option(names = "--restart", description = "Begin anew although an unfinished run could be resumed.")
        private boolean restart;

        @Option(
                names = "--allow-removals",
                paramLabel = "N",
                defaultValue = "0",
                description = "Documents that the repair may take from the follower; a run that is ended by"
                        + " MASS_DELETE says how many it would be.")
        private int removals;

        @Override
        public Integer call() {
            VerifyRequest request = VerifyRequest.newBuilder()
                    .setCollection(collection)
                    .setRepair(repair)
                    .setRestart(restart)
                    .setRemovals(removals)
                    .build();
            VerifyProgress result = admin.followed(
                    VerifyProgress.getDefaultInstance(),
                    (client, more) -> client.verify(request, more),
                    Verify::counts);
            if (!admin.isJson()) {
                admin.out().print(text(result));
                admin.out().flush();
            }
            return result.getClean() ? ExitCode.DONE : ExitCode.FAILED;
        }

        private static String text(VerifyProgress progress) {
            Table table = new Table("KEY", "DIFFERENCE", "DETAIL");
            progress.getDifferencesList()
                    .forEach(each -> table.row(key(each.getKey()), ShortNames.of(each.getKind()), each.getDetail()));
            return (table.isEmpty() ? "" : table + LINE)
                    + counts(progress)
                    + LINE
                    + (progress.getClean() ? "clean: both indexes hold the same" : "not clean")
                    + LINE;
        }

        private static String counts(VerifyProgress progress) {
            String total = progress.hasTotal() ? Quantity.count(progress.getTotal()) : "-";
            return Quantity.count(progress.getCompared()) + " of " + total + " compared, "
                    + progress.getDifferent() + " different, " + progress.getMoving() + " moving, "
                    + progress.getRepaired()
                    + " repaired";
        }
    }

    @Command(name = "pending", description = "Lists documents that the follower is not known to hold as it should.")
    static final class Pending extends Verb {
        @Option(names = "--limit", defaultValue = "100", description = "1 to 1000 (default: ${DEFAULT-VALUE}).")
        private int limit;

        @Override
        public Integer call() {
            return admin.show(client -> client.pending(collection, limit), Pending::text);
        }

        private static String text(ListPendingResponse answer) {
            Table table = new Table("KEY", "AGE", "MARKS", "MEMBER", "REASON");
            answer.getPendingList()
                    .forEach(each -> table.row(
                            key(each.getKey()),
                            Quantity.duration(each.getAgeSeconds()),
                            each.getOpenMarks(),
                            each.getMember(),
                            reason(each)));
            return listed(table, answer.getPendingCount(), answer.getTotal());
        }

        /** What opened the oldest mark, and what replay waits for. */
        private static String reason(PendingKey pending) {
            String cause = ShortNames.of(pending.getCause());
            if (pending.getRunning()) {
                return cause + ", running";
            }
            return pending.getUnsettledSeconds() > 0
                    ? cause + ", a request without an answer may land for another "
                            + Quantity.duration(pending.getUnsettledSeconds())
                    : cause;
        }
    }

    @Command(name = "parked", description = "Lists documents that the follower can never take as they are.")
    static final class Parked extends Verb {
        @Option(names = "--limit", defaultValue = "100", description = "1 to 1000 (default: ${DEFAULT-VALUE}).")
        private int limit;

        @Override
        public Integer call() {
            return admin.show(client -> client.parked(collection, limit), Parked::text);
        }

        private static String text(ListParkedResponse answer) {
            Table table = new Table("KEY", "VERSION", "NOT ON", "WAIVED", "MEMBER", "REASON");
            answer.getParkedList()
                    .forEach(each -> table.row(
                            key(each.getKey()),
                            Long.toUnsignedString(each.getVersion()),
                            each.getIndex(),
                            each.getWaived() ? "yes" : "no",
                            each.getMember(),
                            each.getReason()));
            return listed(table, answer.getParkedCount(), answer.getTotal());
        }
    }

    @Command(name = "reconcile", description = "Makes the follower equal to the leader for these documents.")
    static final class Reconcile extends Keyed {
        @Override
        public Integer call() {
            if (ids.isEmpty()) {
                throw new ParameterException(spec.commandLine(), "ID: none (expected: 1 to 1000)");
            }
            return admin.show(
                    client -> client.reconcile(collection, keys()),
                    answer -> String.format(
                            "%d reconciled, %d parked, %d still pending%n",
                            answer.getReconciled(), answer.getParked(), answer.getPending()),
                    answer -> answer.getParked() + answer.getPending() == 0 ? ExitCode.DONE : ExitCode.FAILED);
        }
    }

    @Command(
            name = "retry-parked",
            description = "Tries parked documents once more; all of them unless some are named.")
    static final class RetryParked extends Keyed {
        @Override
        public Integer call() {
            return admin.show(
                    client -> RetryParkedResponse.newBuilder()
                            .setRetried(client.retryParked(collection, keys()))
                            .build(),
                    answer -> answer.getRetried() + " pending again" + LINE);
        }
    }

    @Command(
            name = "waive-parked",
            description = "Accepts that these documents, in exactly these versions, are missing on the follower.")
    static final class WaiveParked extends Keyed {
        @Override
        public Integer call() {
            WaiveParkedRequest.Builder request = WaiveParkedRequest.newBuilder().setCollection(collection);
            ids.forEach(id -> request.addDocuments(keyVersion(id)));
            return admin.show(
                    client -> WaiveParkedResponse.newBuilder()
                            .setWaived(client.waiveParked(request.build()))
                            .build(),
                    answer -> answer.getWaived() + " waived" + LINE,
                    answer -> answer.getWaived() == ids.size() ? ExitCode.DONE : ExitCode.FAILED);
        }

        private KeyVersion keyVersion(String idAndVersion) {
            int at = idAndVersion.lastIndexOf('@');
            try {
                return KeyVersion.newBuilder()
                        .setKey(io.crossfade.v1.Key.newBuilder()
                                .setNamespace(namespace)
                                .setId(idAndVersion.substring(0, Math.max(0, at))))
                        .setVersion(Long.parseUnsignedLong(idAndVersion.substring(at + 1)))
                        .build();
            } catch (NumberFormatException e) {
                throw new ParameterException(
                        spec.commandLine(),
                        "ID: " + idAndVersion + " (expected: ID@VERSION, as 'parked' lists them)",
                        e);
            }
        }
    }

    /** What verbs about some documents have in common. */
    @Command
    abstract static class Keyed extends Verb {
        @Parameters(index = "1..*", paramLabel = "ID", description = "Documents; for waive-parked ID@VERSION.")
        List<String> ids = new ArrayList<>();

        @Option(
                names = "--namespace",
                defaultValue = "",
                description = "Of the documents, if the collection has namespaces.")
        String namespace;

        List<Key> keys() {
            return ids.stream().map(id -> new Key(namespace, id)).toList();
        }
    }

    private static String listed(Table table, int shown, long total) {
        return total == 0 ? "none" + LINE : table + LINE + shown + " of " + total + LINE;
    }

    static String key(io.crossfade.v1.Key key) {
        return key.getNamespace().isEmpty() ? key.getId() : key.getNamespace() + "/" + key.getId();
    }
}
