package io.crossfade.proxy.write.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.harness.JournalDisk;
import io.crossfade.proxy.harness.Life;
import io.crossfade.proxy.kit.time.FakeTime;
import io.crossfade.proxy.model.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class MarksTest {
    private final FakeTime time = new FakeTime();
    private final Marks marks = new Marks(
            new Journal(
                    new JournalDisk().open(new Life()),
                    JournalThreads.both(new Life().executor(time)),
                    (first, cause) -> {}),
            time,
            0);

    private Mark open(String id) {
        MarkRecord record =
                new MarkRecord(marks.nextSequence(), Key.of(id), 1, 1, MarkRecord.Kind.WRITE, false, "", List.of());
        return marks.open(List.of(new Marks.Opening(record, Marks.Forward.NEVER, () -> {})))
                .get(0);
    }

    @Test
    void oldest_isTheOldestThatIsStillOpen() {
        assertThat(marks.oldestNanos()).isZero();
        Mark first = open("1");
        time.advance(Duration.ofSeconds(1));
        Mark second = open("2");
        time.advance(Duration.ofSeconds(1));
        assertThat(marks.oldestNanos()).isEqualTo(2_000_000_000L);

        marks.close(first);
        assertThat(marks.oldestNanos()).isEqualTo(1_000_000_000L);

        marks.close(second);
        assertThat(marks.oldestNanos()).isZero();
        open("3");
        time.advance(Duration.ofSeconds(3));
        assertThat(marks.oldestNanos()).isEqualTo(3_000_000_000L);
    }

    @Test
    void oldest_isTheSameAsTheOldestOfTheList_whateverOpensAndCloses() {
        Random random = new Random(7);
        List<Mark> open = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            time.advance(Duration.ofMillis(random.nextInt(3)));
            if (random.nextInt(100) < 52 || open.isEmpty()) {
                open.add(open(Integer.toString(random.nextInt(50))));
            } else {
                marks.close(open.remove(random.nextInt(open.size())));
            }
            long listed = marks.list(1_000).stream()
                    .mapToLong(pending -> time.nanos() - pending.openedNanos())
                    .max()
                    .orElse(0);
            assertThat(marks.oldestNanos()).isEqualTo(listed);
        }
    }
}
