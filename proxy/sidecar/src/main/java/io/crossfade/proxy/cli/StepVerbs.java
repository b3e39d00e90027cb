package io.crossfade.proxy.cli;

import io.crossfade.proxy.terminal.Quantity;
import io.crossfade.proxy.wire.ShortNames;
import io.crossfade.v1.AbortRequest;
import io.crossfade.v1.CompleteRequest;
import io.crossfade.v1.Estimate;
import io.crossfade.v1.FlipRouteRequest;
import io.crossfade.v1.RollbackRequest;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.StartMigrationRequest.Mode;
import io.crossfade.v1.StartMigrationResponse;
import io.crossfade.v1.StepResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Verbs that move a collection from phase to phase. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class StepVerbs {
    private StepVerbs() {}

    /** Options of every step. */
    static final class StepOptions {
        @Option(
                names = "--expected-epoch",
                paramLabel = "EPOCH",
                description = "Refuse unless this is the present epoch: nobody else took a step since you looked.")
        @Nullable
        Long expectedEpoch;

        @Option(
                names = "--reason",
                paramLabel = "TEXT",
                defaultValue = "",
                description = "Kept with the step's record.")
        String reason;
    }

    @Command(name = "start", description = "Starts a migration: mirrors every write, and copies the history.")
    static final class Start extends Verb {
        /** Where the vectors of a field come from. */
        enum FieldMode {
            CARRY,
            EMBED;

            private Mode onTheWire() {
                return switch (this) {
                    case CARRY -> Mode.MODE_CARRY;
                    case EMBED -> Mode.MODE_EMBED;
                };
            }
        }

        @Parameters(index = "1", paramLabel = "INDEX", description = "Where to, as the configuration names it.")
        private String toIndex;

        @Option(
                names = "--mode",
                paramLabel = "FIELD=MODE",
                description = "carry or embed, by vector field; by default carry where both indexes have one space.")
        private @Nullable Map<String, FieldMode> modes;

        @Option(names = "--dry-run", description = "Only say how much there is to do, and what stands in the way.")
        private boolean dryRun;

        @Option(
                names = "--expected-epoch",
                paramLabel = "EPOCH",
                description = "Refuse unless this is the present epoch.")
        private @Nullable Long expectedEpoch;

        @Override
        public Integer call() {
            StartMigrationRequest.Builder request = StartMigrationRequest.newBuilder()
                    .setCollection(collection)
                    .setToIndex(toIndex)
                    .setDryRun(dryRun);
            if (modes != null) {
                modes.forEach((field, mode) -> request.putModes(field, mode.onTheWire()));
            }
            if (expectedEpoch != null) {
                request.setExpectedEpoch(expectedEpoch);
            }
            return admin.show(
                    client -> client.startMigration(request.build()),
                    this::text,
                    answer -> answer.getBlockersCount() == 0 ? ExitCode.DONE : ExitCode.BLOCKED);
        }

        private String text(StartMigrationResponse answer) {
            if (answer.getBlockersCount() > 0) {
                return StatusText.blockers(answer.getBlockersList());
            } else if (!dryRun) {
                return String.format("%s: migrates to %s (epoch %d)%n", collection, toIndex, answer.getEpoch());
            }
            Estimate estimate = answer.getEstimate();
            return String.format(
                    "%s documents, %s of them cannot be embedded or carried, about %s tokens, about %s%n",
                    Quantity.count(estimate.getDocuments()),
                    Quantity.count(estimate.getWithoutText()),
                    Quantity.count(estimate.getTokens()),
                    Quantity.duration(estimate.getSeconds()));
        }
    }

    @Command(name = "flip", description = "Moves reads and leadership to the migration index.")
    static final class Flip extends Step {
        @Option(names = "--dry-run", description = "Only list what stands in the way.")
        private boolean dryRun;

        @Override
        public Integer call() {
            FlipRouteRequest.Builder request = FlipRouteRequest.newBuilder()
                    .setCollection(collection)
                    .setDryRun(dryRun)
                    .setReason(options.reason);
            if (options.expectedEpoch != null) {
                request.setExpectedEpoch(options.expectedEpoch);
            }
            return admin.show(client -> client.flip(request.build()), answer -> text(answer, dryRun), Step::exitCode);
        }
    }

    @Command(name = "rollback", description = "Moves reads and leadership back to the primary index.")
    static final class Rollback extends Step {
        @Option(names = "--dry-run", description = "Only list what stands in the way.")
        private boolean dryRun;

        @Option(
                names = "--leave-acked-writes-behind",
                description = {
                    "Go back although the old index lacks acked writes that only the new one has, which is down. --dry-run",
                    "lists them. `admin recover` brings them back when it is up again. Needs --reason."
                })
        private boolean leavesBehind;

        @Override
        public Integer call() {
            RollbackRequest.Builder request = RollbackRequest.newBuilder()
                    .setCollection(collection)
                    .setDryRun(dryRun)
                    .setReason(options.reason)
                    .setLeaveAckedWritesBehind(leavesBehind);
            if (options.expectedEpoch != null) {
                request.setExpectedEpoch(options.expectedEpoch);
            }
            return admin.show(
                    client -> client.rollback(request.build()), answer -> text(answer, dryRun), Step::exitCode);
        }
    }

    @Command(name = "complete", description = "Ends the migration after a flip. The old index is left as it is.")
    static final class Complete extends Step {
        @Override
        public Integer call() {
            CompleteRequest.Builder request =
                    CompleteRequest.newBuilder().setCollection(collection).setReason(options.reason);
            if (options.expectedEpoch != null) {
                request.setExpectedEpoch(options.expectedEpoch);
            }
            return admin.show(
                    client -> client.complete(request.build()), answer -> text(answer, false), Step::exitCode);
        }
    }

    @Command(name = "abort", description = "Ends the migration before a flip. The migration index is left as it is.")
    static final class Abort extends Step {
        @Override
        public Integer call() {
            AbortRequest.Builder request =
                    AbortRequest.newBuilder().setCollection(collection).setReason(options.reason);
            if (options.expectedEpoch != null) {
                request.setExpectedEpoch(options.expectedEpoch);
            }
            return admin.show(client -> client.abort(request.build()), answer -> text(answer, false), Step::exitCode);
        }
    }

    /** The part that steps have in common. */
    @Command
    abstract static class Step extends Verb {
        @Mixin
        StepOptions options;

        String text(StepResponse answer, boolean dryRun) {
            if (dryRun || answer.getBlockersCount() > 0) {
                return StatusText.blockers(answer.getBlockersList());
            }
            return String.format(
                    "%s: %s (epoch %d) in %s, writes held for %s%n",
                    collection,
                    ShortNames.of(answer.getPhase()),
                    answer.getEpoch(),
                    Quantity.duration(answer.getSeconds()),
                    Quantity.duration(answer.getHeldSeconds()));
        }

        static int exitCode(StepResponse answer) {
            return answer.getBlockersCount() == 0 ? ExitCode.DONE : ExitCode.BLOCKED;
        }
    }
}
