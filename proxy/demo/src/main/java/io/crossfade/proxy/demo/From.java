package io.crossfade.proxy.demo;

/** Where the collection is when the play begins. */
enum From {
    /** In an index inside the sidecar, which the app fills. */
    EMBEDDED,
    /** In a table of a PostgreSQL server, which somebody else has filled before there was a sidecar. */
    POSTGRES
}
