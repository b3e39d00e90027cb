package io.crossfade.proxy.migrations.measure;

import io.crossfade.proxy.migrations.Place;
import java.util.Map;

/** A server and its own client. The server ends with it. */
interface Engine extends AutoCloseable {
    /** What it is, with versions. */
    String name() throws Exception;

    boolean isTestDouble();

    /** Another server of this engine, for an index to migrate from. */
    Place.OnServer another() throws Exception;

    /** What the configuration says of an index here that Crossfade makes. */
    String options(String index);

    /** Lets what was written before come to rest. */
    void settle() throws Exception;

    /** Takes an index away. */
    void drop(String index) throws Exception;

    /** All that is in an index that Crossfade has made and filled. */
    Contents read(String index) throws Exception;

    @Override
    void close() throws Exception;

    /** What is in an index, to be written to others like it. */
    interface Contents {
        /** Makes an index like that one, without documents, in the place of what has its name. */
        void make(String index) throws Exception;

        /** By name, how a client of the engine writes all of it; the first one is what a backfill is held against. */
        Map<String, Way> ways();

        /** On a connection of its own. */
        Caller caller(String index) throws Exception;
    }

    /** How documents get into an index. */
    interface Way {
        void write(String index) throws Exception;
    }
}
