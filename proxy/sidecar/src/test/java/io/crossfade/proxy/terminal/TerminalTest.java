package io.crossfade.proxy.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import io.crossfade.proxy.kit.time.FakeTime;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminalTest {
    private final FakeTime time = new FakeTime();
    private final StringWriter out = new StringWriter();

    @Test
    void table_alignsNumbersToTheRight() {
        Table table = new Table("NAME", "COUNT").row("a", "1,000").row("longer", 7);

        assertThat(table.toString()).isEqualToNormalizingNewlines("NAME    COUNT\na       1,000\nlonger      7\n");
    }

    @ParameterizedTest
    @CsvSource({"0.25,250 ms", "4.21,4.2 s", "59.4,59 s", "61,1:01 min", "7384,2:03 h"})
    void duration_hasTheUnitThatFits(double seconds, String text) {
        assertThat(Quantity.duration(seconds)).isEqualTo(text);
    }

    @Test
    void bar_staysInItsWidth() {
        assertThat(Quantity.bar(0.5)).isEqualTo("##########----------");
        assertThat(Quantity.bar(1.7)).isEqualTo("#".repeat(20));
    }

    @Test
    void terminal_rewritesTheLine() {
        LiveLine live = line(true);
        live.update("one");
        live.update("two");
        live.print("stays");
        live.clear();

        assertThat(out.toString().replace(System.lineSeparator(), "|").replace("\r\u001b[2K", "^"))
                .isEqualTo("^one^two^stays|two^");
    }

    @Test
    void noTerminal_printsAtMostEveryFewSeconds() {
        LiveLine live = line(false);
        live.update("one");
        live.update("two");
        time.advance(Duration.ofSeconds(5));
        live.update("three");
        live.clear();

        assertThat(out.toString()).isEqualToNormalizingNewlines("one\nthree\n");
    }

    private LiveLine line(boolean terminal) {
        return new LiveLine(new PrintWriter(out), terminal, time);
    }
}
