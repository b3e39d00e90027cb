/**
 * The edge, by protocol: each turns its calls into requests of {@link io.crossfade.proxy.collection.Collections} and
 * outcomes into its own statuses; {@code io.grpc} and generated types stop here. Nothing in it blocks, so that its
 * handlers run on the event loops. A protocol knows {@code listen}, {@code calls} and {@code api}, and none of the
 * others; {@link Listeners} puts them together.
 */
@NullMarked
package io.crossfade.proxy.front;

import org.jspecify.annotations.NullMarked;
