package io.crossfade.proxy.settings;

import java.util.List;

/** Settings that cannot be used: every violation, each as {@code path: value (expected: ...)}. */
public final class InvalidSettingsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final transient List<String> violations;

    public InvalidSettingsException(List<String> violations) {
        super(String.join("\n", violations));
        this.violations = List.copyOf(violations);
    }

    public List<String> violations() {
        return violations;
    }
}
