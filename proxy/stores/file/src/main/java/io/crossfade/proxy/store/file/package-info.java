/** A control store in a directory, for one sidecar. */
@NullMarked
package io.crossfade.proxy.store.file;

import org.jspecify.annotations.NullMarked;
