package io.crossfade.proxy.assembly;

import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.migration.member.BootCheck;
import io.crossfade.proxy.migration.member.Member;
import io.crossfade.proxy.migration.state.RecordSettings;
import io.crossfade.proxy.serve.Descriptions;
import io.crossfade.proxy.write.journal.JournalSettings;
import java.util.concurrent.CompletableFuture;

/**
 * One collection with all its stages. This is the one place where they are put together: {@link Stages} names them in
 * the order in which a call, and then a migration, passes through them.
 *
 * @param member follows the agreed state
 * @param unfollow stops following what other members store of backfill and verify
 */
public record HostedCollection(String name, Collection collection, Admin admin, Member member, Runnable unfollow) {

    /**
     * What a collection is given by the configuration.
     *
     * @param descriptions what it says of itself to callers
     * @param records how those of the control store are changed and followed
     * @param bootstrap take the configured index although the indexes know of a later epoch
     */
    public record Settings(
            String name,
            CollectionSettings collection,
            JournalSettings journal,
            Descriptions descriptions,
            RecordSettings records,
            boolean bootstrap) {}

    /** Completes when the collection can be served; fails with why it cannot. */
    public static CompletableFuture<HostedCollection> start(Settings settings, Surroundings around) {
        Stages stages = new Stages(settings, around);
        return BootCheck.run(
                        stages.record(),
                        around.participants(),
                        settings.collection().index(),
                        settings.collection().create(),
                        settings.bootstrap())
                .thenCompose(initial ->
                        stages.owner().thenCompose(owner -> Member.start(stages.member(stages.claims(owner)), initial)))
                .thenApply(member -> {
                    if (!settings.bootstrap()) {
                        BootCheck.watchAway(member);
                    }
                    return new HostedCollection(
                            settings.name(), stages.collection(member), stages.admin(member), member, stages::unfollow);
                });
    }

    /** Stops, when calls have ended; completes when the journal is closed. */
    public CompletableFuture<Void> stop() {
        unfollow.run();
        return member.stop();
    }
}
