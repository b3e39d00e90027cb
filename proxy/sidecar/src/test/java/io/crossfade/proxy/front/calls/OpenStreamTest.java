package io.crossfade.proxy.front.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.crossfade.proxy.collection.CallException;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class OpenStreamTest {
    private static final int LIMIT = 100;

    private final OpenStream.Shared shared = new OpenStream.Shared(
            new AtomicInteger(), new ByteBudget("requests", LIMIT), new ByteBudget("answers", LIMIT), Patience.ENDLESS);
    private final List<String> refusals = new ArrayList<>();

    private OpenStream open() {
        OpenStream stream = new OpenStream("", shared);
        stream.begin(refusals::add);
        return stream;
    }

    @Test
    void requestsOverTheBudget_oneGoesOn_andTheNextIsRefused() {
        OpenStream first = open();
        OpenStream second = open();

        first.inboundWireSize(LIMIT + 1);
        assertThat(refusals).isEmpty();
        second.inboundWireSize(1);

        assertThat(refusals)
                .containsExactly("requests in memory: 102 bytes (expected: at most 100 of all calls); try again");
        assertThat(second.isRefused()).isTrue();
        assertThat(first.isRefused()).isFalse();
    }

    @Test
    void cancelledRequest_isHeldUntilItsWorkHasEnded() {
        OpenStream first = open();
        first.inboundWireSize(LIMIT + 1);
        first.hold();
        first.streamClosed(Status.CANCELLED);
        OpenStream second = open();
        second.inboundWireSize(1);
        assertThat(second.isRefused()).isTrue();
        second.streamClosed(Status.OK);

        first.release();

        OpenStream third = open();
        third.inboundWireSize(1);
        assertThat(third.isRefused()).isFalse();
    }

    @Test
    void answersOverTheBudget_oneGoesOn_andTheNextIsRefusedUntilThatOneIsTaken() {
        OpenStream first = open();
        OpenStream second = open();
        first.requireRoom(LIMIT + 1);
        first.outboundWireSize(LIMIT + 1);

        assertThatThrownBy(() -> second.requireRoom(1))
                .isInstanceOf(CallException.class)
                .hasMessage("answers in memory: 101 bytes (expected: at most 100 of all calls); try again");

        first.taken();
        assertThatCode(() -> second.requireRoom(LIMIT + 1)).doesNotThrowAnyException();
    }

    @Test
    void answerOfACancelledCall_takesNoRoomFromOthers() {
        OpenStream cancelled = open();
        cancelled.hold();
        cancelled.streamClosed(Status.CANCELLED);
        cancelled.requireRoom(LIMIT + 1);
        cancelled.release();

        assertThatCode(() -> open().requireRoom(LIMIT + 1)).doesNotThrowAnyException();
    }

    @Test
    void streams_areOpenUntilTheyAreClosed() {
        OpenStream stream = open();
        assertThat(shared.open()).hasValue(1);

        stream.streamClosed(Status.OK);

        assertThat(shared.open()).hasValue(0);
    }
}
