package io.crossfade.proxy.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ByteQueueTest {
    private static final int MOST_AT_ONCE = 3 * ByteQueue.PAGE;

    private final ByteQueue queue = new ByteQueue();

    @Test
    void whateverIsAddedAndRemoved_theRestIsWhatItWas() {
        Random random = new Random(1);
        byte[] all = new byte[1 << 22];
        random.nextBytes(all);
        while (queue.tail() + MOST_AT_ONCE < all.length) {
            byte[] part = new byte[random.nextInt(random.nextInt(MOST_AT_ONCE) + 1)];
            System.arraycopy(all, (int) queue.tail(), part, 0, part.length);
            queue.add(part);
            queue.removeBefore(Math.max(queue.head(), queue.tail() - random.nextInt(8 * ByteQueue.PAGE)));
            checkAgainst(all, random);
        }
    }

    private void checkAgainst(byte[] all, Random random) {
        int kept = (int) (queue.tail() - queue.head());
        assertThat(queue.bytes()).isLessThanOrEqualTo(kept + 2L * ByteQueue.PAGE);
        assertThat(queue.bytesWith(0)).isLessThanOrEqualTo(queue.bytesWith(1));
        if (kept >= Long.BYTES) {
            int at = (int) queue.head() + random.nextInt(kept - Long.BYTES + 1);
            ByteBuffer expected = ByteBuffer.wrap(all, at, Long.BYTES);
            assertThat(queue.getLong(at)).isEqualTo(expected.getLong());
            assertThat(queue.getInt(at)).isEqualTo(expected.getInt(at));
            assertThat(queue.get(at, Long.BYTES))
                    .isEqualTo(ByteBuffer.allocate(Long.BYTES)
                            .putLong(expected.getLong(at))
                            .array());
        }
    }

    @Test
    void numberOnTwoPages_canBeChanged() {
        queue.add(new byte[2 * ByteQueue.PAGE]);
        queue.setInt(ByteQueue.PAGE - 2, 0x01020304);
        assertThat(queue.getInt(ByteQueue.PAGE - 2)).isEqualTo(0x01020304);
    }

    @Test
    void emptied_itTakesNoRoomButItsLastPage() {
        queue.add(new byte[5 * ByteQueue.PAGE + 1]);
        queue.removeBefore(queue.tail());
        assertThat(queue.bytes()).isEqualTo(ByteQueue.PAGE);
    }

    @Test
    void positionThatIsNotKept_cannotBeRemoved() {
        queue.add(new byte[3]);
        assertThatThrownBy(() -> queue.removeBefore(4)).hasMessage("position: 4 (expected: 0 to 3)");
    }
}
