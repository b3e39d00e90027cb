/**
 * Model types as messages of {@code crossfade.v1}, in both directions: {@code read} from the wire, {@code write} to it.
 * Shared by the front and by the driver that speaks this API. Checks the shape of what it reads, and nothing else.
 */
@NullMarked
package io.crossfade.proxy.wire;

import org.jspecify.annotations.NullMarked;
