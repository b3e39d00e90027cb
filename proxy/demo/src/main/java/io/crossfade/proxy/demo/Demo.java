package io.crossfade.proxy.demo;

import io.crossfade.client.CrossfadeException;
import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.app.History;
import io.crossfade.proxy.demo.corpus.Cast;
import io.crossfade.proxy.demo.corpus.WordNet;
import io.crossfade.proxy.demo.process.Layout;
import io.crossfade.proxy.demo.report.Run;
import io.crossfade.proxy.local.Ports;
import io.crossfade.proxy.local.Scratch;
import io.crossfade.proxy.terminal.Quantity;
import io.crossfade.proxy.time.Time;
import io.crossfade.v1.BackfillStatus;
import io.crossfade.v1.Blocker;
import io.crossfade.v1.BreakerStatus;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.CompleteRequest;
import io.crossfade.v1.FlipRouteRequest;
import io.crossfade.v1.StartMigrationRequest;
import io.crossfade.v1.VerifyProgress;
import io.crossfade.v1.VerifyRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The play, act by act. */
final class Demo {
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final int MOST_ATTEMPTS = 5;
    private static final int SHOWN_DIFFERENCES = 2;
    private static final double CAUGHT_UP_SECONDS = 2;

    private final Script script;
    private final Stage stage;
    private final Primary primary;
    private final Time time;
    private final Narrator narrator;
    private final Cast cast;
    private final Finale finale;
    private final Story story;
    private final Loss loss;
    private final List<Double> flipMillis = new ArrayList<>();
    private double mrrBefore;
    private double mrrAfter;
    private long parked;

    private Demo(Script script, Cast cast, Stage stage, Primary primary, Time time, Narrator narrator) {
        this.script = script;
        this.cast = cast;
        this.stage = stage;
        this.primary = primary;
        this.time = time;
        this.narrator = narrator;
        this.finale = new Finale(stage, script);
        this.story = new Story(stage.timeline(), narrator);
        this.loss = new Loss(stage, story, finale, time);
    }

    /** Plays it from beginning to end. */
    static Run play(Script script, Scratch place, Time time, Narrator narrator)
            throws IOException, InterruptedException {
        WordNet wordNet = WordNet.load();
        Cast cast = script.cast(wordNet);
        narrator.note("WordNet 3.1: " + Quantity.count(script.documents()) + " of its " + Quantity.count(wordNet.size())
                + " definitions, seed " + script.seed());
        Ports ports = new Ports();
        try (Primary primary = open(script, cast, place, ports, narrator);
                Stage stage = Stage.set(script, place.path(), ports, primary, time, narrator)) {
            return new Demo(script, cast, stage, primary, time, narrator).play();
        }
    }

    private static Primary open(Script script, Cast cast, Scratch place, Ports ports, Narrator narrator)
            throws IOException {
        return switch (script.from()) {
            case EMBEDDED -> new EmbeddedPrimary(place.path().resolve(Layout.OLD_INDEX));
            case POSTGRES -> PostgresPrimary.open(cast, place, ports, narrator);
        };
    }

    private Run play() throws IOException, InterruptedException {
        load();
        oneIndex();
        startMigration();
        loseNewIndex();
        recover();
        loseSidecar();
        catchUp();
        verify();
        flip("flipped", "Flip");
        loss.lose();
        loss.goBack();
        loss.replace();
        copyAgain();
        flipAgain();
        complete();
        return check();
    }

    private void load() throws IOException, InterruptedException {
        Primary.Words opening = primary.opening();
        story.act("load", opening.title(), false);
        narrator.note(opening.text());
        stage.app().start();
        while (!stage.app().hasLoaded()) {
            narrator.progress("documents", stage.collection().count(), script.documents());
            stage.observer().rest(LOOK);
        }
    }

    private void oneIndex() throws IOException, InterruptedException {
        story.act("before", "One index", false);
        narrator.note("from now on the app writes, changes, deletes and searches, "
                + Quantity.rate(Script.CALLS_PER_SECOND) + ", until the end");
        stage.app().run();
        stage.observer().rest(Script.SHOW);
        mrrBefore = Quality.mrrAt10(stage.collection(), cast.known());
        narrator.note(String.format("search quality, old model: MRR@10 %.3f", mrrBefore));
    }

    private void startMigration() throws InterruptedException {
        story.act("backfill", "Migration starts", false);
        stage.admin()
                .startMigration(StartMigrationRequest.newBuilder()
                        .setCollection(Layout.COLLECTION)
                        .setToIndex(Layout.NEW_INDEX)
                        .build());
        story.event(
                "every write now goes to both indexes, and the history is copied and embedded with bge-small-en-v1.5");
        awaitCopied(Script.OUTAGE_AT);
    }

    private void loseNewIndex() throws IOException, InterruptedException {
        story.act("outage", "The new index is down", true);
        stage.target().freeze();
        story.event("the process of " + Layout.NEW_INDEX
                + " is frozen (SIGSTOP): it keeps its connections and answers nothing");
        await("the breaker opens", status -> Observer.hasBreaker(status, BreakerStatus.State.STATE_OPEN));
        story.event("the breaker is open: writes are acked and noted");
        stage.observer().rest(Script.SHOW);
        stage.target().kill();
        story.event("the frozen process is killed (SIGKILL)");
        stage.observer().rest(Script.AWAY);
    }

    private void recover() throws IOException, InterruptedException {
        story.act("recovery", "Recovery and replay", true);
        stage.startTarget();
        story.event(Layout.NEW_INDEX + " is back");
        await("the breaker closes", status -> Observer.hasBreaker(status, BreakerStatus.State.STATE_CLOSED));
        story.event("the breaker is closed");
        await("replay", Demo::isCaughtUp);
        story.event("what was noted is replayed");
    }

    private void loseSidecar() throws IOException, InterruptedException {
        story.act("backfill_goes_on", "Backfill goes on", false);
        awaitCopied(Script.CRASH_AT);
        story.act("crash", "The sidecar is killed", true);
        stage.killSidecar();
        story.event(primary.victims());
        long began = time.nanos();
        stage.restartSidecar();
        story.event("the sidecar serves again, " + Quantity.duration(secondsSince(began)) + " later");
        stage.observer().rest(Script.SHOW);
    }

    private void catchUp() throws InterruptedException {
        story.act("catch_up", "Backfill ends", false);
        awaitCopied(1);
        await("replay", Demo::isCaughtUp);
        story.event("the history is copied");
    }

    private void verify() throws InterruptedException {
        story.act("verify", "Verify", false);
        runVerify(false);
    }

    private void flip(String name, String title) throws InterruptedException {
        story.act(name, title, false);
        int attempt = 1;
        while (!tryFlip(attempt == MOST_ATTEMPTS)) {
            attempt++;
        }
        stage.observer().rest(Script.SHOW);
    }

    private boolean tryFlip(boolean last) throws InterruptedException {
        makeReady();
        long began = time.nanos();
        try {
            stage.admin()
                    .flip(FlipRouteRequest.newBuilder()
                            .setCollection(Layout.COLLECTION)
                            .setReason("demo")
                            .build());
        } catch (CrossfadeException e) {
            if (last) {
                throw e;
            }
            story.event("the flip stepped back: " + e.getMessage());
            return false;
        }
        flipMillis.add(secondsSince(began) * 1_000);
        story.event("reads come from " + Layout.NEW_INDEX + " after " + Quantity.duration(secondsSince(began)));
        return true;
    }

    private void copyAgain() throws InterruptedException {
        story.act("copied_again", "All is copied again", false);
        runVerify(true);
        await("replay", Demo::isCaughtUp);
    }

    private void flipAgain() throws InterruptedException {
        flip("flipped_again", "Flip again");
        mrrAfter = Quality.mrrAt10(stage.collection(), cast.known());
        narrator.note(String.format("search quality, new model: MRR@10 %.3f", mrrAfter));
    }

    private void complete() throws IOException, InterruptedException {
        story.act("completed", "Complete", false);
        stage.app().pause();
        CollectionStatus last = await("nothing is pending", status -> Observer.pending(status) == 0);
        parked = Observer.parked(last);
        finale.lookBeforeComplete();
        stage.admin()
                .complete(CompleteRequest.newBuilder()
                        .setCollection(Layout.COLLECTION)
                        .setReason("demo")
                        .build());
        story.event(Layout.OLD_INDEX + " is let go, as it is");
        stage.app().run();
        stage.observer().rest(Script.SHOW);
        stage.app().stop();
        stage.timeline().end();
    }

    private Run check() throws IOException, InterruptedException {
        narrator.act("Was anything lost?");
        narrator.note("both indexes are read in full and compared with what the app saw acknowledged");
        List<Call> calls = History.read(stage.history());
        return new Run(
                primary.name(),
                script.documents(),
                script.seed(),
                calls.stream()
                        .filter(call -> call.operation() != Call.Operation.FOUND)
                        .toList(),
                stage.timeline().acts(),
                stage.timeline().events(),
                stage.timeline().samples(),
                finale.inspect(calls),
                parked,
                mrrBefore,
                mrrAfter,
                flipMillis,
                loss.rollbackMillis());
    }

    /** Waits until nothing stands in the way of a flip, and verifies if that is what is missing. */
    private void makeReady() throws InterruptedException {
        long deadline = time.nanos() + Script.PATIENCE.toNanos();
        List<Blocker> blockers = blockers();
        while (!blockers.isEmpty()) {
            if (time.nanos() - deadline > 0) {
                throw new IllegalStateException(
                        "flip: still blocked after " + Script.PATIENCE.toSeconds() + " s by " + blockers);
            }
            if (blockers.stream().anyMatch(blocker -> blocker.getCode() == Blocker.Code.CODE_NOT_VERIFIED)) {
                runVerify(false);
            } else {
                stage.observer().rest(LOOK);
            }
            blockers = blockers();
        }
    }

    private List<Blocker> blockers() {
        return stage.admin()
                .flip(FlipRouteRequest.newBuilder()
                        .setCollection(Layout.COLLECTION)
                        .setDryRun(true)
                        .build())
                .getBlockersList();
    }

    /**
     * As often as it takes: keys that are being written are looked at again.
     *
     * @param repair differences are expected
     */
    private void runVerify(boolean repair) {
        long deadline = time.nanos() + script.backfillPatience().toNanos();
        VerifyProgress result = verifyOnce(repair);
        int rounds = 1;
        while (!result.getClean() && deadline - time.nanos() > 0) {
            result = verifyOnce(result.getDifferent() > 0);
            rounds++;
        }
        story.event(String.format(
                "verify: %s compared, %d different, %d still moving, %s",
                Quantity.count(result.getCompared()),
                result.getDifferent(),
                result.getMoving(),
                rounds == 1 ? "at the first look" : "after " + rounds + " looks"));
    }

    private VerifyProgress verifyOnce(boolean repair) {
        AtomicReference<VerifyProgress> last = new AtomicReference<>(VerifyProgress.getDefaultInstance());
        VerifyRequest request = VerifyRequest.newBuilder()
                .setCollection(Layout.COLLECTION)
                .setRepair(repair)
                .build();
        stage.admin().verify(request, progress -> {
            last.set(progress);
            return true;
        });
        VerifyProgress result = Objects.requireNonNull(last.get(), "progress");
        if (result.getDifferent() > 0) {
            story.event("verify" + (repair ? " with repair" : "") + " found " + Quantity.count(result.getDifferent())
                    + " differences: " + first(result));
        }
        return result;
    }

    /** The first differences, in words. */
    private static String first(VerifyProgress progress) {
        return progress.getDifferencesList().stream()
                .limit(SHOWN_DIFFERENCES)
                .map(difference -> difference.getKey().getId() + " " + difference.getDetail())
                .collect(Collectors.joining(", "));
    }

    private void awaitCopied(double share) throws InterruptedException {
        stage.observer()
                .await(
                        "backfill of " + Math.round(share * 100) + " %",
                        script.backfillPatience(),
                        status -> hasCopied(status.getBackfill(), share));
    }

    private static boolean hasCopied(BackfillStatus backfill, double share) {
        return backfill.getState() == BackfillStatus.State.STATE_DONE
                || (share < 1 && backfill.getTotal() > 0 && backfill.getCopied() >= share * backfill.getTotal());
    }

    private static boolean isCaughtUp(CollectionStatus status) {
        return Observer.oldestPendingSeconds(status) < CAUGHT_UP_SECONDS;
    }

    private CollectionStatus await(String what, Predicate<CollectionStatus> wanted) throws InterruptedException {
        return stage.observer().await(what, Script.PATIENCE, wanted);
    }

    private double secondsSince(long began) {
        return (double) (time.nanos() - began) / TimeUnit.SECONDS.toNanos(1);
    }
}
