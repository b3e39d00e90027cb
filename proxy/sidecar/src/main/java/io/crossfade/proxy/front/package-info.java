/**
 * The gRPC edge. Turns calls into requests of {@link io.crossfade.proxy.collection.Collections} and outcomes into
 * statuses; {@code io.grpc} and generated types stop here. Nothing in it blocks, so that its handlers run on the event
 * loops. Also the listeners: data and admin speak gRPC, ops speaks HTTP for probes and scrapers.
 */
@NullMarked
package io.crossfade.proxy.front;

import org.jspecify.annotations.NullMarked;
