/**
 * What every gRPC call goes through, whatever it asks for: budgets of streams and bytes, deadlines, the one mapping
 * from failures to statuses.
 */
@NullMarked
package io.crossfade.proxy.front.calls;

import org.jspecify.annotations.NullMarked;
