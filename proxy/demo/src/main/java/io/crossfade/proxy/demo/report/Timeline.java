package io.crossfade.proxy.demo.report;

import io.crossfade.proxy.time.Time;
import java.util.ArrayList;
import java.util.List;

/** What happened when. Safe for use by many threads. */
public final class Timeline {
    private final Time time;
    private final List<Act> acts = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final List<Sample> samples = new ArrayList<>();

    public Timeline(Time time) {
        this.time = time;
    }

    /**
     * A part of the story. Times are milliseconds since 1970.
     *
     * @param name stable, for the report
     * @param trouble something is broken meanwhile
     */
    public record Act(String name, String title, boolean trouble, long from, long to) {
        boolean covers(long at) {
            return at >= from && at < to;
        }
    }

    /** Something that happens at once, in an act. */
    public record Event(String act, long at, String title) {}

    /** The sidecar's state as its admin API told it. */
    public record Sample(
            long at,
            String phase,
            String servingIndex,
            long copied,
            long total,
            boolean copying,
            long pending,
            long parked,
            String breaker) {}

    /** Ends the act before it. */
    public synchronized void begin(String name, String title, boolean trouble) {
        end();
        acts.add(new Act(name, title, trouble, time.wallMillis(), Long.MAX_VALUE));
    }

    /** Ends the last act. */
    public synchronized void end() {
        if (!acts.isEmpty()) {
            Act last = acts.remove(acts.size() - 1);
            long to = Math.min(last.to(), time.wallMillis());
            acts.add(new Act(last.name(), last.title(), last.trouble(), last.from(), to));
        }
    }

    /** Something happens in the present act. */
    public synchronized void event(String title) {
        events.add(new Event(acts.get(acts.size() - 1).name(), time.wallMillis(), title));
    }

    public synchronized void add(Sample sample) {
        samples.add(sample);
    }

    public synchronized List<Act> acts() {
        return List.copyOf(acts);
    }

    public synchronized List<Event> events() {
        return List.copyOf(events);
    }

    public synchronized List<Sample> samples() {
        return List.copyOf(samples);
    }
}
