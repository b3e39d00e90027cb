package io.crossfade.proxy.demo;

import io.crossfade.client.CrossfadeException;
import io.crossfade.proxy.demo.process.Layout;
import io.crossfade.proxy.terminal.Quantity;
import io.crossfade.proxy.time.Time;
import io.crossfade.v1.Blocker;
import io.crossfade.v1.CollectionStatus;
import io.crossfade.v1.RollbackRequest;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The acts in which the new index is lost for good while it serves: the reads go back to the old one, and the new one is
 * made anew from that. Confined to one thread.
 */
final class Loss {
    private static final int MOST_ATTEMPTS = 5;

    private final Stage stage;
    private final Story story;
    private final Finale finale;
    private final Time time;
    private double rollbackMillis;

    Loss(Stage stage, Story story, Finale finale, Time time) {
        this.stage = stage;
        this.story = story;
        this.finale = finale;
        this.time = time;
    }

    /** How long the reads took to go back. */
    double rollbackMillis() {
        return rollbackMillis;
    }

    /** The process that holds the index is killed, and its data deleted. */
    void lose() throws IOException, InterruptedException {
        story.act("lost", "The new index is lost", true);
        stage.destroyTarget();
        story.event(
                "the process of " + Layout.NEW_INDEX + ", which serves, is killed (SIGKILL) and all its data deleted");
        stage.observer().rest(Script.AWAY);
    }

    /** The reads go back. What the old index has then is looked at while the app rests. */
    void goBack() throws IOException, InterruptedException {
        story.act("way_back", "The way back", true);
        long began = time.nanos();
        int attempt = 1;
        while (!tryRollback(attempt == MOST_ATTEMPTS)) {
            attempt++;
        }
        double seconds = (double) (time.nanos() - began) / TimeUnit.SECONDS.toNanos(1);
        rollbackMillis = seconds * 1_000;
        story.event("reads come from " + Layout.OLD_INDEX + " again after " + Quantity.duration(seconds)
                + ", and the calls that waited go on");
        stage.observer().rest(Script.SHOW);
        stage.app().pause();
        finale.lookAfterLoss();
        stage.app().run();
    }

    private boolean tryRollback(boolean last) {
        try {
            stage.admin()
                    .rollback(RollbackRequest.newBuilder()
                            .setCollection(Layout.COLLECTION)
                            .setReason("demo")
                            .build());
            return true;
        } catch (CrossfadeException e) {
            if (last) {
                throw e;
            }
            story.event("the rollback stepped back: " + e.getMessage());
            return false;
        }
    }

    /** An empty index takes the place of the lost one. Nothing is sent there before an operator has accepted it. */
    void replace() throws IOException, InterruptedException {
        story.act("replaced", "An empty index", true);
        stage.startTarget();
        CollectionStatus seen = stage.observer()
                .await("doubt", Script.PATIENCE, status -> hasDoubt(status, Blocker.Code.CODE_INDEX_REPLACED));
        story.event("an empty " + Layout.NEW_INDEX + " is started; nothing is sent there: " + found(seen));
        stage.admin().acceptIndex(Layout.COLLECTION, Layout.NEW_INDEX, "demo");
        story.event("it is accepted: all that " + Layout.OLD_INDEX + " has is to be copied there");
    }

    private static String found(CollectionStatus status) {
        return status.getDoubtsList().stream().map(Blocker::getDetail).collect(Collectors.joining("; "));
    }

    private static boolean hasDoubt(CollectionStatus status, Blocker.Code code) {
        return status.getDoubtsList().stream().anyMatch(doubt -> doubt.getCode() == code);
    }
}
