package io.crossfade.proxy.demo.report;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.app.Call.Operation;
import io.crossfade.proxy.demo.app.Call.Outcome;
import io.crossfade.proxy.demo.app.Call.Write;
import io.crossfade.proxy.demo.check.Damage;
import io.crossfade.proxy.demo.report.Timeline.Act;
import io.crossfade.proxy.demo.report.Timeline.Event;
import io.crossfade.proxy.demo.report.Timeline.Sample;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A run that nobody made, shaped like a real one. */
final class Story {
    private static final long START = 1_700_000_000_000L;
    private static final int[] ENDS = {18, 26, 40, 55, 63, 70, 92, 97, 106, 115, 124, 130};

    private Story() {}

    static Run run() {
        List<Act> acts = acts();
        Map<String, Damage> damage = new LinkedHashMap<>();
        damage.put("words-v1", new Damage());
        damage.put("words-v2", new Damage());
        return new Run(
                "embedded",
                4_000,
                1,
                calls(acts),
                acts,
                List.of(
                        new Event("outage", at(40.2), "the new index's process is frozen (SIGSTOP)"),
                        new Event("outage", at(49), "and killed (SIGKILL)"),
                        new Event("recovery", at(52), "started again"),
                        new Event("crash", at(63.1), "the sidecar is killed (SIGKILL)"),
                        new Event("crash", at(63.2), "and started again"),
                        new Event("flipped", at(97.1), "flip: reads come from the new index"),
                        new Event("rolled_back", at(106.1), "rollback: reads come from the old index"),
                        new Event("flipped_again", at(115.1), "flip: reads come from the new index")),
                samples(),
                damage,
                0,
                0.412,
                0.473,
                List.of(212.0, 180.0),
                143);
    }

    private static long at(double second) {
        return START + (long) (second * 1_000);
    }

    private static List<Act> acts() {
        String[] names = {
            "load",
            "before",
            "backfill",
            "outage",
            "recovery",
            "crash",
            "catch_up",
            "verify",
            "flipped",
            "rolled_back",
            "flipped_again",
            "completed"
        };
        String[] titles = {
            "Load", "One index", "Backfill begins", "The new index is down", "Recovery and replay",
                    "The sidecar is killed",
            "Backfill ends", "Verify", "Flip", "Rollback", "Flip again", "Complete"
        };
        List<Act> acts = new ArrayList<>();
        for (int i = 0; i < names.length; i++) {
            boolean trouble = i >= 3 && i <= 5;
            acts.add(new Act(names[i], titles[i], trouble, at(i == 0 ? 0 : ENDS[i - 1]), at(ENDS[i])));
        }
        return acts;
    }

    private static List<Call> calls(List<Act> acts) {
        Random random = new Random(7);
        List<Call> calls = new ArrayList<>();
        for (double t = ENDS[0]; t < ENDS[ENDS.length - 1]; t += 0.02) {
            boolean away = t > 63.1 && t < 65.4;
            boolean busy = t > 26 && t < 92;
            double millis = (busy ? 6 : 3.2) * Math.exp(random.nextGaussian() * 0.5) + (away ? (65.4 - t) * 1_000 : 0);
            boolean write = random.nextInt(100) < 55;
            if (!away || random.nextInt(12) == 0) {
                calls.add(call(t, write ? millis * 1.4 : millis, write ? Operation.EDIT : Operation.QUERY));
            }
        }
        return calls;
    }

    private static Call call(double second, double millis, Operation operation) {
        List<Write> writes = operation.isWrite() ? List.of(new Write("id", null, Outcome.ACKED)) : List.of();
        return new Call(at(second), (long) (millis * 1_000), operation, 0, null, null, writes);
    }

    private static List<Sample> samples() {
        List<Sample> samples = new ArrayList<>();
        for (double t = 0.4; t < ENDS[ENDS.length - 1]; t += 0.25) {
            if (t < 63.1 || t > 65.2) {
                samples.add(sample(t));
            }
        }
        return samples;
    }

    private static Sample sample(double t) {
        boolean open = t > 43 && t < 55;
        String breaker = t < 26 ? "" : open ? t > 53.5 ? "HALF_OPEN" : "OPEN" : "CLOSED";
        double copied = t < 26 ? 0 : t < 41 ? (t - 26) * 95 : t < 57 ? 1_425 : Math.min(4_000, 1_425 + (t - 57) * 75);
        double pending = t < 41 ? Math.sin(t) + 1 : t < 55 ? (t - 41) * 27 : t < 60 ? (60 - t) * 75 : Math.sin(t) + 1;
        boolean reversed = (t > 97 && t < 106) || t > 115;
        String phase = t < 26 || t > 124 ? "SINGLE" : reversed ? "REVERSED" : "MIRRORING";
        return new Sample(
                at(t),
                phase,
                reversed ? "words-v2" : "words-v1",
                (long) copied,
                4_000,
                t > 26 && copied < 4_000,
                (long) pending,
                0,
                breaker);
    }
}
