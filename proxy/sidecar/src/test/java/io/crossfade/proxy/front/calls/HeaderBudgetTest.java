package io.crossfade.proxy.front.calls;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class HeaderBudgetTest {
    @Test
    void textThatFits_isKept() {
        assertThat(HeaderBudget.cut("0123456789", 10)).isEqualTo("0123456789");
        assertThat(HeaderBudget.cut("ü", 9)).isEqualTo("ü");
    }

    @Test
    void textThatDoesNotFit_endsWithDots() {
        assertThat(HeaderBudget.cut("0123456789a", 10)).isEqualTo("0123456...");
        assertThat(HeaderBudget.cut("üü", 12)).isEqualTo("ü...");
        assertThat(HeaderBudget.cut("üü", 11)).isEqualTo("...");
    }

    @Test
    void whatWasTaken_isGone() {
        HeaderBudget budget = new HeaderBudget(10);

        assertThat(budget.take("ab", "cde")).isTrue();
        assertThat(budget.take("abc", "def")).isFalse();
        assertThat(budget.take("ab", "cde")).isTrue();
        assertThat(budget.take("", "f")).isFalse();
    }
}
