package io.crossfade.proxy.demo;

import io.crossfade.client.AdminClient;
import io.crossfade.client.Connection;
import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.CrossfadeException;
import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.demo.check.Inspector;
import io.crossfade.proxy.demo.process.Child;
import io.crossfade.proxy.demo.process.Layout;
import io.crossfade.proxy.demo.process.Layout.Node;
import io.crossfade.proxy.demo.report.Timeline;
import io.crossfade.proxy.local.Ports;
import io.crossfade.proxy.local.Scratch;
import io.crossfade.proxy.time.Time;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The processes of the play, and the lines to them. All of them end with it. */
final class Stage implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final Duration START_LOOK = Duration.ofMillis(100);

    private final Layout layout;
    private final Primary primary;
    private final Child sidecar;
    private final Child target;
    private final AppProcess app;
    private final AdminClient admin;
    private final CrossfadeClient client;
    private final Timeline timeline;
    private final Observer observer;
    private final Time time;

    private Stage(Script script, Layout layout, Primary primary, Time time, Narrator narrator) {
        this.layout = layout;
        this.primary = primary;
        this.time = time;
        sidecar = child("sidecar", layout.sidecar());
        target = child("target", layout.target());
        app = new AppProcess(script, layout);
        admin = AdminClient.connect(layout.sidecar().admin());
        client = CrossfadeClient.connect(layout.sidecar().data());
        timeline = new Timeline(time);
        observer = new Observer(admin, timeline, time, narrator::progress);
    }

    /** Starts all but the app. */
    static Stage set(Script script, Path folder, Ports ports, Primary primary, Time time, Narrator narrator)
            throws IOException, InterruptedException {
        Layout layout = Layout.create(folder, ports, primary.settings());
        Stage stage = new Stage(script, layout, primary, time, narrator);
        try {
            stage.target.start();
            stage.startSidecar();
            stage.awaitServing(stage.target, stage.layout.target());
            return stage;
        } catch (IOException | InterruptedException | RuntimeException e) {
            stage.close();
            throw e;
        }
    }

    /** With what holds the old index; returns when it serves. */
    void restartSidecar() throws IOException, InterruptedException {
        primary.restart();
        startSidecar();
    }

    private void startSidecar() throws IOException, InterruptedException {
        sidecar.start();
        awaitServing(sidecar, layout.sidecar());
    }

    /** Returns when it serves. */
    void startTarget() throws IOException, InterruptedException {
        target.start();
        awaitServing(target, layout.target());
    }

    /** Kills the process of the new index, and deletes all that it has on disk. */
    void destroyTarget() throws IOException {
        target.kill();
        for (Path place : layout.targetsData()) {
            Scratch.delete(place);
        }
    }

    Child target() {
        return target;
    }

    AppProcess app() {
        return app;
    }

    AdminClient admin() {
        return admin;
    }

    CrossfadeCollection collection() {
        return client.collection(Layout.COLLECTION);
    }

    Timeline timeline() {
        return timeline;
    }

    Observer observer() {
        return observer;
    }

    Path history() {
        return layout.history();
    }

    /** What the app sees once the migration is complete. Writes without a migration carry no stamp. */
    Index readThroughSidecar() {
        return read(layout.sidecar(), Layout.NEW_INDEX + ", at the end", true, Layout.NEW_SPACE, false);
    }

    /** The new index as its own process shows it. */
    Index readNewIndex() {
        return read(layout.target(), Layout.NEW_INDEX, false, Layout.NEW_SPACE, true);
    }

    /** What the app sees while the old index leads. */
    Index readOldThroughSidecar() {
        return read(layout.sidecar(), Layout.OLD_INDEX + ", after the loss", true, Layout.OLD_SPACE, false);
    }

    /** Kills the sidecar, and what holds the old index. */
    void killSidecar() {
        sidecar.kill();
        primary.kill();
    }

    /** Stops the sidecar, and reads the old index by its engine's own means, or has another process show it. */
    Index readOldIndex() throws IOException, InterruptedException {
        sidecar.stop();
        Optional<Index> seen = primary.look(Layout.OLD_INDEX, Layout.OLD_SPACE);
        return seen.isPresent() ? seen.get() : readByWitness();
    }

    private Index readByWitness() throws IOException, InterruptedException {
        try (Child witness = child("witness", layout.witness())) {
            witness.start();
            awaitServing(witness, layout.witness());
            return read(layout.witness(), Layout.OLD_INDEX, false, Layout.OLD_SPACE, false);
        }
    }

    @Override
    public void close() {
        observer.close();
        app.close();
        admin.close();
        client.close();
        sidecar.close();
        target.close();
    }

    private void awaitServing(Child child, Node node) throws InterruptedException {
        long deadline = time.nanos() + START_LIMIT.toNanos();
        try (AdminClient probe = AdminClient.connect(node.admin())) {
            while (!isServing(probe)) {
                child.requireAlive();
                if (time.nanos() - deadline > 0) {
                    throw new IllegalStateException(
                            node.config() + ": does not serve after " + START_LIMIT.toSeconds() + " s");
                }
                observer.rest(START_LOOK);
            }
        }
    }

    private static boolean isServing(AdminClient probe) {
        try {
            probe.withTimeout(START_LIMIT).status(Layout.COLLECTION);
            return true;
        } catch (CrossfadeException e) {
            return false;
        }
    }

    private static Index read(Node node, String name, boolean serves, String space, boolean stamped) {
        try (Connection connection = Connection.to(node.data())) {
            return Inspector.read(connection, Layout.COLLECTION, name, serves, space, stamped);
        }
    }

    private static Child child(String name, Node node) {
        return new Child(name, node.log(), false, List.of("serve", "--config=" + node.config(), "--while-input"));
    }
}
