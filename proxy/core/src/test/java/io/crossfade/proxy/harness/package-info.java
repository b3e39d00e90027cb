/** A sidecar, or a fleet of them, on simulated engines, disks and time. */
@NullMarked
package io.crossfade.proxy.harness;

import org.jspecify.annotations.NullMarked;
