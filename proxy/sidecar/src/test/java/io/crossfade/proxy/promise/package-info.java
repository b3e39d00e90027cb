/** Attacks on what the product promises, with real processes, sockets and disks. */
@NullMarked
package io.crossfade.proxy.promise;

import org.jspecify.annotations.NullMarked;
