package io.crossfade.proxy.simulation;

import io.crossfade.proxy.harness.Fleet;
import io.crossfade.proxy.harness.Sidecar;
import io.crossfade.proxy.harness.StoreLink;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.CopyProgress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What goes wrong, besides {@link EngineTrouble}: sidecars that are killed, with or without what their disk had not
 * synced, or with their disk, or for good; pauses; cut connections to an engine or to the control store; a slow control
 * store, or one whose answers are lost; disks that fail.
 */
final class Weather {
    /** How bad it is. */
    enum Level {
        CALM(0),
        LIGHT(0.1),
        BAD(1);

        private final double share;

        Level(double share) {
            this.share = share;
        }
    }

    private static final int FENCE_EVERY = 60;
    private static final double LOSS = 0.005;
    private static final List<StoreLink.Fate> TROUBLE =
            List.of(StoreLink.Fate.LOST, StoreLink.Fate.ANSWER_LOST, StoreLink.Fate.LATE);

    private final Scenario scenario;
    private final Fleet fleet;
    private final Invariants invariants;
    private final Acks acks;
    private final EngineTrouble engines;
    private final EngineLoss losses;
    private final Trace trace;
    private final List<Sidecar> gone = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private final Map<Integer, Long> answersLost = new HashMap<>();
    private Level level = Level.CALM;
    private int starts;
    private long epoch;
    private long attempt;
    private @Nullable StoreLink late;
    private @Nullable Sidecar lost;

    Weather(
            Scenario scenario,
            Fleet fleet,
            Invariants invariants,
            Acks acks,
            EngineTrouble engines,
            EngineLoss losses,
            Trace trace) {
        this.scenario = scenario;
        this.fleet = fleet;
        this.invariants = invariants;
        this.acks = acks;
        this.engines = engines;
        this.losses = losses;
        this.trace = trace;
    }

    /** All sidecars begin to serve. */
    void begin() {
        if (scenario.kills() > 0) {
            fleet.observeCopying(this::copying);
        }
        fleet.onStart(sidecar -> plan(fleet.sidecars.indexOf(sidecar)));
        for (int i = 0; i < fleet.sidecars.size(); i++) {
            if (!scenario.joinsLate() || i < fleet.sidecars.size() - 1) {
                restart(i);
            }
        }
        fleet.observeAgreed(this::agreed);
        losses.begin();
        fleet.settle();
    }

    private void copying(CopyProgress progress) {
        if (progress.copied() == 0) {
            if (scenario.chance().is(0.5, "dies when it copies")) {
                engines.nextCopyIsTheLast(sidecar -> kill(sidecar, fleet.time.nanos()));
            }
            if (level != Level.CALM && scenario.chance().is(0.4, "no disk to copy with")) {
                trace.add(() -> "disks are about to fail");
                fleet.sidecars.forEach(
                        sidecar -> sidecar.disk.failApply(scenario.chance().below(3, "first batches")));
            }
        }
    }

    /**
     * While a step is being taken, the latecomer begins, a member begins anew, another's answer is late; and somebody
     * does not hear of it when it has been taken.
     */
    private void agreed(CollectionState state) {
        if (state.epoch() > epoch) {
            epoch = state.epoch();
            if (level != Level.CALM && scenario.kills() > 0 && scenario.chance().is(0.3, "does not hear", epoch)) {
                cutStore(scenario.chance().below(fleet.sidecars.size(), "who does not hear", epoch), epoch);
            }
            if (level != Level.CALM
                    && scenario.unsureStore()
                    && scenario.chance().is(0.3, "no answers", epoch)) {
                losesAnswers(scenario.chance().below(fleet.sidecars.size(), "who has no answers", epoch), epoch);
            }
        }
        state.members().keySet().forEach(this::registered);
        CollectionState.Step step = state.step();
        if (step != null && step.attempt() > attempt) {
            attempt = step.attempt();
            lateArrives();
            if (state.phase().crossesTo(step.target())
                    && scenario.slowStore()
                    && scenario.chance().is(0.3, "late answer", attempt)) {
                answersLate(fleet.get(scenario.chance().below(fleet.sidecars.size(), "who is late", attempt)), attempt);
            }
            duringStep(attempt);
        }
    }

    /** What a latecomer has read as it registered is all that it knows for a while. */
    private void registered(String name) {
        if (scenario.joinsLate() && known.add(name) && known.size() > fleet.sidecars.size() - 1) {
            int number = fleet.sidecars.size() - 1;
            if (fleet.get(number).name().equals(name) && scenario.chance().is(0.5, "registers and is cut off")) {
                cutStore(number, 0);
            }
        }
    }

    /** The store does what a sidecar asks for, and no answer comes. */
    private void losesAnswers(int number, long where) {
        trace.add(() -> "the store's answers to " + fleet.get(number).name() + " are lost");
        answersLost.put(
                number,
                fleet.time.nanos()
                        + Duration.ofMillis(length(1_000, where, "lost answers"))
                                .toNanos());
    }

    private void duringStep(long number) {
        if (scenario.joinsLate() && scenario.chance().is(0.3, "joins", number)) {
            after(50, number, "until it joins", this::everybodyBegins);
        }
        if (level != Level.CALM && scenario.kills() > 0 && scenario.chance().is(0.1, "begins anew", number)) {
            after(50, number, "until it begins anew", () -> {
                int victim = scenario.chance().below(fleet.sidecars.size(), "who begins anew", number);
                trace.add(() -> fleet.get(victim).name() + " is killed in a step");
                end(fleet.get(victim));
                restart(victim);
            });
        }
    }

    /** As late as the next try of the step, at times. */
    private void answersLate(Sidecar sidecar, long number) {
        if (late == null && sidecar.hasBegun()) {
            trace.add(() -> "what " + sidecar.name() + " answers is late");
            late = sidecar.link();
            late.delayChanges();
            after(4_000, number, "how late", this::lateArrives);
        }
    }

    private void lateArrives() {
        if (late != null) {
            late.mend();
            late = null;
        }
    }

    void everybodyBegins() {
        for (int i = 0; i < fleet.sidecars.size(); i++) {
            if (!fleet.get(i).hasBegun()) {
                restart(i);
            }
        }
    }

    void be(Level next) {
        level = next;
        engines.share(next.share);
        if (next == Level.CALM) {
            heal();
        }
    }

    boolean isBad() {
        return level == Level.BAD;
    }

    /** What happens in one slot of time. */
    void slot(long slot, Duration length) {
        if (slot % FENCE_EVERY == 0) {
            fence();
        }
        double kill = scenario.kills() * length.toMillis() * level.share;
        happens(kill, "kill", slot, length, this::kill);
        happens(kill, "pause", slot, length, this::pause);
        happens(kill, "cut", slot, length, this::cutEngine);
        happens(kill / 2, "cut store", slot, length, this::cutStore);
        happens(kill / 8, "disk fails", slot, length, this::failDisk);
        if (scenario.chance().is(LOSS * level.share, "follower lost", slot)) {
            losses.loseFollower(slot);
        }
    }

    /** Something that may happen to a sidecar. */
    @FunctionalInterface
    private interface Event {
        void happensTo(int sidecar, long slot);
    }

    private void happens(double probability, String what, long slot, Duration length, Event event) {
        if (scenario.chance().is(probability, what, slot)) {
            int victim = scenario.chance().below(fleet.sidecars.size(), "victim of " + what, slot);
            Duration moment =
                    Duration.ofNanos((long) (scenario.chance().of("moment of " + what, slot) * length.toNanos()));
            fleet.time.after(moment, () -> event.happensTo(victim, slot));
        }
    }

    private void kill(int number, long slot) {
        if (losses.isKnownFromMemoryAlone()) {
            return;
        }
        Sidecar sidecar = fleet.get(number);
        end(sidecar);
        if (mayLose() && scenario.chance().is(0.1, "for good", slot)) {
            lose(number, slot);
            return;
        }
        if (scenario.chance().is(0.25, "power", slot)) {
            trace.add(() -> sidecar.name() + " loses power");
            sidecar.disk.losePower();
            acks.forget(sidecar);
        } else if (scenario.chance().is(0.1, "disk lost", slot)) {
            trace.add(() -> sidecar.name() + " loses its disk");
            sidecar.loseDisk();
            acks.forget(sidecar);
        } else {
            trace.add(() -> sidecar.name() + " is killed");
        }
        restart(number);
        if (scenario.chance().is(0.3, "stays away", slot)) {
            sidecar.life().pause(); // before it has done anything: it is not there yet
            after(500, slot, "away", () -> resume(sidecar));
        } else if (scenario.chance().is(0.3, "again", slot)) {
            after(300, slot, "until again", () -> {
                if (losses.isKnownFromMemoryAlone()) {
                    return;
                }
                trace.add(() -> sidecar.name() + " is killed again");
                end(sidecar);
                restart(number);
            });
        }
    }

    /** A process that could not record all that it did does not know, afterwards, which versions it has given. */
    void end(Sidecar sidecar) {
        if (sidecar.hasMigration() && sidecar.migration().journal().isLost()) {
            acks.forget(sidecar);
        }
        sidecar.kill();
    }

    /** Now or never: nobody may write again what it knew to be pending. */
    void loseOneForGood() {
        if (scenario.kills() > 0 && mayLose() && scenario.chance().is(0.3, "lost in the end")) {
            int number = scenario.chance().below(fleet.sidecars.size(), "who is lost in the end");
            end(fleet.get(number));
            lose(number, -1);
        }
    }

    private boolean mayLose() {
        return fleet.sidecars.size() > 1 && lost == null;
    }

    /** It does not come back, and neither does its disk. */
    private void lose(int number, long slot) {
        Sidecar sidecar = fleet.get(number);
        trace.add(() -> sidecar.name() + " is lost for good");
        sidecar.loseDisk();
        lost = sidecar;
        after(2_000, slot, "lost", () -> {
            lost = null;
            gone.add(sidecar);
            fleet.replace(number);
            after(1_500, slot, "successor", () -> restart(number));
        });
    }

    /** An admin who sees a lost member puts it out, also one whose last request has registered it once more. */
    private void fence() {
        for (Sidecar sidecar : gone) {
            if (invariants.agreed().members().containsKey(sidecar.name())) {
                fleet.sidecars.stream().filter(Sidecar::isReachable).findFirst().ifPresent(admin -> {
                    trace.add(() -> sidecar.name() + " is fenced through " + admin.name());
                    var unused = admin.fence(sidecar);
                });
            }
        }
    }

    void restart(int number) {
        Sidecar sidecar = fleet.get(number);
        if (sidecar != lost && !sidecar.isServing()) {
            sidecar.start(scenario.clockError(number, starts++));
        }
    }

    private void pause(int number, long slot) {
        Sidecar sidecar = fleet.get(number);
        trace.add(() -> sidecar.name() + " is paused");
        sidecar.life().pause();
        after(1_500, slot, "pause", () -> resume(sidecar));
    }

    private void resume(Sidecar sidecar) {
        if (sidecar.life().isPaused()) {
            trace.add(() -> sidecar.name() + " goes on");
            sidecar.life().resume();
        }
    }

    private void cutEngine(int number, long slot) {
        String engine = scenario.chance().is(0.5, "which engine", slot) ? "old" : "new";
        trace.add(() -> fleet.get(number).name() + " is cut off from " + engine);
        engines.cut(number, engine, Duration.ofMillis(length(2_500, slot, "cut")));
    }

    private void cutStore(int number, long slot) {
        Sidecar sidecar = fleet.get(number);
        if (!sidecar.hasBegun()) {
            return;
        }
        trace.add(() -> sidecar.name() + " is cut off from the control store");
        sidecar.link().cut();
        after(2_500, slot, "cut store", () -> sidecar.link().mend());
    }

    private void failDisk(int number, long slot) {
        Sidecar sidecar = fleet.get(number);
        trace.add(() -> "the disk of " + sidecar.name() + " is about to fail");
        if (scenario.chance().is(0.5, "sync fails", slot)) {
            sidecar.disk.failSync(scenario.chance().below(4, "syncs", slot));
        } else {
            sidecar.disk.failApply(scenario.chance().below(4, "appends", slot));
        }
    }

    private void after(int mostMillis, long slot, String what, Runnable end) {
        fleet.time.after(Duration.ofMillis(length(mostMillis, slot, what)), end);
    }

    private long length(int mostMillis, long slot, String what) {
        return 1 + scenario.chance().below(mostMillis, "length of " + what, slot);
    }

    /** All that is broken is mended; a sidecar whose journal is lost is restarted, as an operator would do. */
    private void heal() {
        engines.mend();
        answersLost.clear();
        for (int i = 0; i < fleet.sidecars.size(); i++) {
            Sidecar sidecar = fleet.get(i);
            resume(sidecar);
            if (sidecar.hasBegun()) {
                sidecar.link().mend();
            }
            sidecar.disk.heal();
            if (sidecar.hasMigration() && sidecar.migration().journal().isLost()) {
                end(sidecar);
                restart(i);
            }
        }
    }

    private void plan(int number) {
        StoreLink link = fleet.get(number).link();
        link.latency(() -> storeLatency(number, fleet.time.nanos()));
        if (scenario.unsureStore()) {
            link.trouble(
                    () -> storeFate(number, fleet.time.nanos()),
                    () -> link.isShared() && isTrouble(0.2, "hint lost", number, fleet.time.nanos()));
        }
        engines.plan(number);
    }

    private StoreLink.Fate storeFate(int number, long now) {
        if (answersLost.getOrDefault(number, 0L) > now) {
            return StoreLink.Fate.ANSWER_LOST;
        }
        long[] where = {number, now};
        if (!isTrouble(0.1, "store trouble", where)) {
            return StoreLink.Fate.ANSWERED;
        }
        return TROUBLE.get(scenario.chance().below(TROUBLE.size(), "what store trouble", where));
    }

    private boolean isTrouble(double probability, String what, long... where) {
        return scenario.chance().is(probability * level.share, what, where);
    }

    private Duration storeLatency(long... where) {
        if (!scenario.slowStore() || scenario.chance().is(0.5, "quick store", where)) {
            return Duration.ZERO;
        }
        return scenario.chance().is(0.03, "very slow store", where)
                ? Duration.ofMillis(scenario.chance().below(level == Level.CALM ? 200 : 1_000, "very slow", where))
                : Duration.ofMillis(scenario.chance().below(20, "slow store", where));
    }
}
