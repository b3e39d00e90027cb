package io.crossfade.proxy.driver.pgvector;

import io.crossfade.proxy.model.Outcome;
import org.jspecify.annotations.Nullable;

/**
 * A write as statements of one transaction.
 *
 * @param position in the call
 * @param ofRow changes one row or none
 * @param ofStamp what follows if it has changed one; null for nothing
 * @param ifNone what it means if it has changed none
 */
record Change(int position, Sql ofRow, @Nullable Sql ofStamp, Outcome ifNone) {}
