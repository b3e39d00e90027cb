/** The parts of RocksDB that the journal and the embedded index share. */
@NullMarked
package io.crossfade.proxy.rocks;

import org.jspecify.annotations.NullMarked;
