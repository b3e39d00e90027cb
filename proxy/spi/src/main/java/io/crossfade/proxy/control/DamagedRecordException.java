package io.crossfade.proxy.control;

/**
 * A record that is there and cannot be understood, whoever asks and however often. It has a revision like any other, so
 * whoever can do without what it said may replace or delete it; nobody else's change is lost then.
 */
public final class DamagedRecordException extends ControlException {
    private static final long serialVersionUID = 1;

    private final transient Revision revision;

    public DamagedRecordException(String message, Revision revision, Throwable cause) {
        super(message, cause);
        this.revision = revision;
    }

    /** Stands for the record as it is, for {@link ControlStore#compareAndSet}. */
    public Revision revision() {
        return revision;
    }
}
