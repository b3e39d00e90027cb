/** The driver interface: the service-provider interface between the sidecar and one kind of engine. */
@NullMarked
package io.crossfade.proxy.index;

import org.jspecify.annotations.NullMarked;
