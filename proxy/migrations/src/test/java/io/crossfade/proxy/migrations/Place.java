package io.crossfade.proxy.migrations;

import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.demo.existing.Existing;
import java.util.List;

/** An index, as somebody sees it who knows nothing of Crossfade. */
public interface Place extends AutoCloseable {
    /** What the configuration says of the index, but for its vectors. */
    String options();

    /** Makes the index and writes what it begins with, by the engine's own means. */
    void fill(List<Existing> existing) throws Exception;

    /**
     * All that is in it, read by the engine's own means.
     *
     * @param name for findings
     * @param serves applications read from it
     * @param space that the vectors are of
     */
    Index look(String name, boolean serves, String space) throws Exception;

    /** How many documents bear something that a migration has kept there, for others to see. */
    long stamped() throws Exception;

    @Override
    void close() throws Exception;

    /** One on a server of its own, which can be lost. */
    interface OnServer extends Place {
        /** Takes one document away behind everybody's back. */
        void remove(String id) throws Exception;

        /** Stops the server in its tracks. */
        void freeze() throws Exception;

        /** Lets it go on. */
        void thaw() throws Exception;

        /** Ends it as a lost machine would. */
        void kill() throws Exception;

        /** Starts it again, on the same port and data. */
        void start() throws Exception;
    }
}
