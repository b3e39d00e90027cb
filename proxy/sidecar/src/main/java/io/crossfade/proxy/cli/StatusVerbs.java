package io.crossfade.proxy.cli;

import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.ListCollectionsResponse;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Verbs about how things stand. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StatusVerbs {
    private StatusVerbs() {}

    @Command(name = "list", description = "Lists the collections.")
    static final class List implements Callable<Integer> {
        @ParentCommand
        private AdminCommand admin;

        @Override
        public Integer call() {
            return admin.show(
                    client -> ListCollectionsResponse.newBuilder()
                            .addAllCollections(client.collections())
                            .build(),
                    answer -> StatusText.list(answer.getCollectionsList()));
        }
    }

    @Command(name = "status", description = "Shows how a collection and its migration stand.")
    static final class Status extends Verb {
        @Override
        public Integer call() {
            return admin.show(client -> client.status(collection), StatusText::full);
        }
    }

    @Command(name = "watch", description = "Shows how a migration goes on.")
    static final class Watch extends Verb {
        /** What to wait for. */
        enum Goal {
            BACKFILLED,
            READY
        }

        @Option(
                names = "--until",
                paramLabel = "GOAL",
                description =
                        "End when the history is copied (backfilled), or nothing stands in the way of a flip (ready).")
        private @Nullable Goal until;

        @Override
        public Integer call() {
            AtomicReference<@Nullable CollectionStatus> last = new AtomicReference<>();
            admin.follow((client, progress) -> client.watch(collection, status -> {
                last.set(status);
                progress.show(status, StatusText.line(status));
                return !reached(status);
            }));
            CollectionStatus status = last.get();
            if (status != null && !admin.isJson()) {
                admin.out().print(StatusText.full(status));
                admin.out().flush();
            }
            return status != null && reached(status) ? ExitCode.DONE : ExitCode.FAILED;
        }

        private boolean reached(CollectionStatus status) {
            return until != null
                    && switch (until) {
                        case BACKFILLED -> status.getBackfill().getState() == BackfillStatus.State.STATE_DONE;
                        case READY -> status.getMigrationIndex().length() > 0 && status.getBlockersCount() == 0;
                    };
        }
    }

    @Command(
            name = "shadow",
            description = "Sets the share of queries that are also asked of the follower, to compare.")
    static final class Shadow extends Verb {
        @Parameters(index = "1", paramLabel = "SHARE", description = "0 to 1; 0 turns it off.")
        private double share;

        @Override
        public Integer call() {
            return admin.show(
                    client -> client.setShadowReads(collection, share),
                    status -> String.format(
                            Locale.ROOT,
                            "%s: shadow reads: %.3f%n",
                            collection,
                            status.getShadow().getShare()));
        }
    }
}
