/**
 * The embedded index: RocksDB holds what is true, Lucene finds it.
 *
 * <p>RocksDB, because an append to its log is in the page cache before a write is answered, and so survives
 * {@code kill -9}, at the price of microseconds; a Lucene commit per write costs milliseconds. Lucene, because it
 * searches vectors under a filter. Its two indexes, {@code search/vectors} and {@code search/metadata}, hold nothing
 * that cannot be derived: they are brought up to date in the background, committed now and then, and what was not
 * committed when the process died is derived again. A stable ordinal per document joins them, so that a change of
 * metadata rewrites neither the stored vector nor the graph.
 *
 * <p>Column families, all numbers big-endian:
 *
 * <table>
 * <caption>Keys and values</caption>
 * <tr><td>{@code default}</td><td>{@code schema}, {@code state} (next ordinal, count), {@code attribute/NAME}</td></tr>
 * <tr><td>{@code documents}</td><td>{@link io.crossfade.proxy.driver.lucene.KeyCodec key} →
 * {@link io.crossfade.proxy.driver.lucene.DocumentCodec document}, without its vectors</td></tr>
 * <tr><td>{@code vectors}</td><td>ordinal, field → little-endian floats</td></tr>
 * <tr><td>{@code unindexed}</td><td>sequence → {@link io.crossfade.proxy.driver.lucene.Change change} that no Lucene
 * commit covers yet</td></tr>
 * </table>
 *
 * <p>A query sees every acknowledged write: documents whose newest state no searcher shows yet are few
 * ({@link io.crossfade.proxy.driver.lucene.Unseen}), and are compared one by one, exactly.
 */
@NullMarked
package io.crossfade.proxy.driver.lucene;

import org.jspecify.annotations.NullMarked;
