package io.crossfade.proxy.harness;

import io.crossfade.proxy.assembly.CollectionSettings;
import io.crossfade.proxy.assembly.HostedCollection;
import io.crossfade.proxy.migration.backfill.BackfillSettings;
import io.crossfade.proxy.migration.identity.IdentitySettings;
import io.crossfade.proxy.migration.mirroring.Migration;
import io.crossfade.proxy.migration.mirroring.ReplaySettings;
import io.crossfade.proxy.migration.reconcile.ReconcileSettings;
import io.crossfade.proxy.migration.state.RecordSettings;
import io.crossfade.proxy.migration.step.FlipSettings;
import io.crossfade.proxy.migration.step.ThresholdSettings;
import io.crossfade.proxy.migration.verify.VerifySettings;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.read.ShadowSettings;
import io.crossfade.proxy.serve.Descriptions;
import io.crossfade.proxy.serve.LimitSettings;
import io.crossfade.proxy.serve.WriteIdSettings;
import io.crossfade.proxy.write.journal.JournalSettings;
import io.crossfade.proxy.write.mirror.BreakerSettings;
import io.crossfade.proxy.write.mirror.MirrorSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Settings of a collection in tests; what a test cares about can be changed before they are used. */
public final class Setting {
    public static final Duration ACK_WAIT = Duration.ofMillis(5);
    public static final Duration MIRROR_DEADLINE = Duration.ofSeconds(2);

    /** As in a configuration that does not name them. */
    public static final RecordSettings RECORDS =
            new RecordSettings(10, Duration.ofMillis(10), Duration.ofSeconds(1), Duration.ofSeconds(5));

    /** Most calls under way; more are refused. */
    public static final int CALLS_IN_FLIGHT = 10_000;

    private static final int TAIL = 4_096;

    /** Most documents in a call. */
    public static final int BATCH = 50;

    private int maxPending = 10_000;
    private boolean refuseOnLoss;
    private boolean bootstrap;
    private boolean bothAfterFlip;
    private int batch = 10;
    private int minCalls = 100;
    private int callsInFlight = CALLS_IN_FLIGHT;
    private int pace;
    private int looks = 5;
    private Duration sealedLimit = Duration.ofSeconds(30);
    private Duration claim = Duration.ZERO;
    private String voidClaims = "";

    /** Most keys that may be pending; beyond, the journal overflows. */
    public void maxPending(int next) {
        maxPending = next;
    }

    /** Whether writes are refused when the journal loses records. */
    public void refuseOnLoss(boolean next) {
        refuseOnLoss = next;
    }

    /** Whether in REVERSED a write is acked only when both indexes have it. */
    public void bothAfterFlip(boolean next) {
        bothAfterFlip = next;
    }

    /** Documents in a batch of replay, backfill and verify. */
    public void batch(int next) {
        batch = next;
    }

    /** Calls that the breaker judges by, at least. */
    public void minCalls(int next) {
        minCalls = next;
    }

    /** Most calls under way. */
    public void callsInFlight(int next) {
        callsInFlight = next;
    }

    /** Documents per second of a backfill; 0: as fast as live writes allow. */
    public void pace(int next) {
        pace = next;
    }

    /** How often a comparison looks at a document that changes. */
    public void looks(int next) {
        looks = next;
    }

    /** Between two looks for claims of other control stores; zero: there are none. */
    public void claim(Duration next) {
        claim = next;
    }

    /** The control store whose claims count for nothing. */
    public void voidClaims(String id) {
        voidClaims = id;
    }

    /** After which a flip steps back. */
    public void sealedLimit(Duration next) {
        sealedLimit = next;
    }

    /** Whether a sidecar serves an index in the place of the one that served. */
    public void bootstrap(boolean next) {
        bootstrap = next;
    }

    /** Of a write path without its assembly. */
    public Migration.Settings ofMigration() {
        CollectionSettings all = ofCollection("");
        return new Migration.Settings(all.mirror(), journal(), all.identity(), all.reconcile(), all.replay());
    }

    HostedCollection.Settings of(String collection, String index, List<Space> spaces) {
        CollectionSettings all = ofCollection(index);
        return new HostedCollection.Settings(
                collection,
                all,
                journal(),
                new Descriptions(spaces, all.limits().described(512, 1 << 25)),
                RECORDS,
                bootstrap);
    }

    private JournalSettings journal() {
        return new JournalSettings(
                Path.of("journal"),
                1 << 24,
                maxPending,
                refuseOnLoss ? JournalSettings.OnLoss.FAIL : JournalSettings.OnLoss.DIRTY);
    }

    private CollectionSettings ofCollection(String index) {
        return new CollectionSettings(
                index,
                true,
                new MirrorSettings(
                        ACK_WAIT,
                        bothAfterFlip,
                        MIRROR_DEADLINE,
                        1_000,
                        new BreakerSettings(50, Duration.ofSeconds(2), 100, minCalls, Duration.ofSeconds(1), 3)),
                new LimitSettings(BATCH, 100, 1 << 20, 1 << 18, 1_000, callsInFlight),
                new WriteIdSettings(Duration.ofMinutes(1), 1 << 20),
                new ReconcileSettings(Duration.ofSeconds(2), Duration.ofMillis(200)),
                new ReplaySettings(batch, 2),
                new BackfillSettings(batch, 3, Duration.ofMillis(2), pace),
                new VerifySettings(batch, 3, Duration.ofMillis(10), looks, Duration.ofMillis(200), 100),
                new FlipSettings(
                        Duration.ofSeconds(2),
                        sealedLimit,
                        10_000,
                        Duration.ofSeconds(5),
                        Duration.ofMinutes(15),
                        new ThresholdSettings(null)),
                new IdentitySettings(
                        Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(2), claim, voidClaims, TAIL),
                new ShadowSettings(0));
    }
}
