package io.crossfade.proxy.front.ops;

import io.crossfade.proxy.front.api.ApiJson;
import io.crossfade.proxy.front.api.StatusWriter;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.time.Time;
import io.crossfade.v1.ListCollectionsResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows all collections as JSON, in the words of the admin API. Made anew at most once a second, however many ask.
 * Guarded by this object's lock.
 */
public final class StatusPage implements Supplier<String> {
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final Supplier<List<Status>> statuses;
    private final Time time;
    private @Nullable String page;
    private long madeNanos;

    /**
     * @param statuses must answer from memory
     */
    public StatusPage(Supplier<List<Status>> statuses, Time time) {
        this.statuses = statuses;
        this.time = time;
    }

    @Override
    public synchronized String get() {
        long now = time.nanos();
        String made = page;
        if (made == null || now - madeNanos >= FRESH.toNanos()) {
            made = make();
            page = made;
            madeNanos = now;
        }
        return made;
    }

    private String make() {
        ListCollectionsResponse.Builder message = ListCollectionsResponse.newBuilder();
        statuses.get().forEach(status -> message.addCollections(StatusWriter.write(status)));
        return ApiJson.pretty(message) + "\n";
    }
}
