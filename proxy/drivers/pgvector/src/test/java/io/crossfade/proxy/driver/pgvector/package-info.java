/** Tests of the driver. Those named {@code IT} need a server, and run with {@code -Pengine} only. */
@NullMarked
package io.crossfade.proxy.driver.pgvector;

import org.jspecify.annotations.NullMarked;
