/** What travels through the sidecar: records and sealed types only, free of any wire format. */
@NullMarked
package io.crossfade.proxy.model;

import org.jspecify.annotations.NullMarked;
