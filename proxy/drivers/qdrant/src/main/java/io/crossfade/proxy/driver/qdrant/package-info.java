/**
 * Driver {@code qdrant}: a collection of a Qdrant server, over its gRPC API.
 *
 * <p>The messages and services are those of the server's own Java client, on a channel of ours. A document is one point: its
 * metadata are the payload's keys as they are, so that documents which other programs wrote are served as they stand, and
 * what is remembered beside them has keys of its own ({@link PayloadKeys}).
 *
 * <p>A payload that is set merges, and a null in it takes its key away: so a change of metadata of any shape is one operation
 * of the engine, version included. Only where vectors change with it there are two, and the version is in the last.
 */
@NullMarked
package io.crossfade.proxy.driver.qdrant;

import org.jspecify.annotations.NullMarked;
