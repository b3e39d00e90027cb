package io.crossfade.proxy.wire;

/** A message that says nothing the model can express. Has no stack trace: it reports input, not a fault of the code. */
public final class ShapeException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String path;
    private final String problem;
    private final boolean capability;

    private ShapeException(String path, String problem, boolean capability) {
        super(path.isEmpty() ? problem : path + ": " + problem, null, false, false);
        this.path = path;
        this.problem = problem;
        this.capability = capability;
    }

    /** Says that the message is malformed. */
    static ShapeException malformed(String problem) {
        return new ShapeException("", problem, false);
    }

    /** Says that the message is right, but asks for something that no driver has. */
    static ShapeException capability(String problem) {
        return new ShapeException("", problem, true);
    }

    /** The same, seen from the message that holds this one in a field. */
    public ShapeException under(String field) {
        String joined = path.isEmpty() ? field : path.startsWith("[") ? field + path : field + "." + path;
        return new ShapeException(joined, problem, capability);
    }

    /** The same, seen from the message that holds this one in a repeated field. */
    public ShapeException under(String field, int position) {
        return under(field + "[" + position + "]");
    }

    /** The path of the wrong part, such as {@code vectors[0]}; "" for the message itself. */
    public String path() {
        return path;
    }

    /** The problem: value and expectation. */
    public String problem() {
        return problem;
    }

    /** Whether a capability is missing, rather than the message malformed. */
    public boolean isCapability() {
        return capability;
    }
}
