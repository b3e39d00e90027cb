package io.crossfade.proxy.front.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.kit.time.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class StatusPageTest {
    @Test
    void manyReaders_areOneLookASecond() {
        AtomicInteger looks = new AtomicInteger();
        FakeTime time = new FakeTime();
        StatusPage page = new StatusPage(
                () -> {
                    looks.incrementAndGet();
                    return List.of();
                },
                time);

        for (int i = 0; i < 100; i++) {
            page.get();
        }
        time.advance(Duration.ofSeconds(1));
        page.get();

        assertThat(looks).hasValue(2);
    }
}
