package io.crossfade.proxy.harness;

import io.crossfade.proxy.index.Capabilities;
import io.crossfade.proxy.index.FilterSupport;
import io.crossfade.proxy.index.ForwardingIndex;
import io.crossfade.proxy.index.ParamSupport;
import io.crossfade.proxy.index.VectorIndex;
import io.crossfade.proxy.model.Filter;
import java.util.Set;

/** Says that it answers some filters only. */
final class PickyIndex extends ForwardingIndex {
    private final Set<Filter.Operator> operators;
    private final FilterSupport filters;
    private final ParamSupport params;

    PickyIndex(VectorIndex index, Set<Filter.Operator> operators, FilterSupport filters, ParamSupport params) {
        super(index);
        this.operators = operators;
        this.filters = filters;
        this.params = params;
    }

    @Override
    public Capabilities capabilities() {
        Capabilities all = super.capabilities();
        return new Capabilities(
                all.known(),
                operators,
                filters,
                params,
                all.maxBatch(),
                all.stored(),
                all.unknownSettle(),
                all.embedded());
    }
}
