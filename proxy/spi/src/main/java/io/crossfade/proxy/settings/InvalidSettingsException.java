package io.crossfade.proxy.settings;

import java.util.List;

/** Settings that cannot be used, with every violation as {@code path: value (expected: ...)}. */
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

    /** The same violations in a section of larger settings. */
    public InvalidSettingsException under(String section) {
        return new InvalidSettingsException(
                violations.stream().map(violation -> section + "." + violation).toList());
    }
}
