package io.crossfade.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TargetsTest {
    @ParameterizedTest
    @ValueSource(strings = {"localhost:7400", "127.0.0.1:7400", "127.8.0.1:7400", "[::1]:7400", "unix:/run/crossfade"})
    void loopbackAndUnixSocket_areLocal(String target) {
        assertThat(Targets.isLocal(target)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost.example:7400", "10.0.0.1:7400", "127.evil.example:7400", "[2001:db8::1]:7400"})
    void anythingElse_isNot(String target) {
        assertThat(Targets.isLocal(target)).isFalse();
    }
}
