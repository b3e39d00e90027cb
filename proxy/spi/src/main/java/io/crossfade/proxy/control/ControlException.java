package io.crossfade.proxy.control;

/** A store that could not be asked, or did not do as it was told; a change may have been made. */
public class ControlException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ControlException(String message) {
        super(message);
    }

    public ControlException(String message, Throwable cause) {
        super(message, cause);
    }
}
