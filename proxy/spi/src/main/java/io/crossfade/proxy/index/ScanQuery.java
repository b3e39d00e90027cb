package io.crossfade.proxy.index;

import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Projection;
import org.jspecify.annotations.Nullable;

/**
 * @param cursor of the previous page; "" to begin
 * @param namespace only documents of this one; null for all
 * @param limit most documents on a page; a page also ends near 1 MiB
 */
public record ScanQuery(
        String cursor, @Nullable String namespace, @Nullable Filter filter, Projection wanted, int limit) {}
