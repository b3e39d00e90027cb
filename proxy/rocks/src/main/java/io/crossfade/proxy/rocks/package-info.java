/** What the journal and the embedded index share of RocksDB. */
@NullMarked
package io.crossfade.proxy.rocks;

import org.jspecify.annotations.NullMarked;
