package io.crossfade.proxy.route;

/**
 * Lets a call begin to write. A call may plan, embed and wait for its turn on a route without standing in the way of the
 * next one; from its admission on, whoever changes the route waits for it.
 */
@FunctionalInterface
public interface Admission {
    /** Admits all: for calls that count as writes from their beginning. */
    Admission GIVEN = () -> {};

    /**
     * Counts the call in, right before the first thing of it that lasts.
     *
     * @throws NotAdmittedException if the route is being left: nothing has been done, and the call begins again on the
     * route that comes
     */
    void admit();

    /** Says that a call has done nothing on a route that is being left. */
    final class NotAdmittedException extends RuntimeException {
        private static final long serialVersionUID = 1;

        public NotAdmittedException() {
            super("the route is being left; nothing was done", null, false, false);
        }
    }
}
