/**
 * A table of PostgreSQL with the extension pgvector, one that this driver has made or one that was there before.
 *
 * <p>A call waits for the engine on the index's own threads, and uses one connection of a bounded pool: writes and reads have
 * a pool each, so that slow reads do not keep writes waiting. Each write is one transaction, and what is known of its end
 * decides the outcome: {@code Unknown} is only what was lost after {@code COMMIT} was sent.
 *
 * <p>{@link io.crossfade.proxy.driver.pgvector.Table} is what the catalog says of the table, as of the opening. The rest is
 * translation: {@code FilterSql} of filters, {@code WriteSql} of writes, {@code RowReader} of rows, {@code Problems} of
 * failures.
 */
@NullMarked
package io.crossfade.proxy.driver.pgvector;

import org.jspecify.annotations.NullMarked;
