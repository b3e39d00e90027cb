package io.crossfade.proxy.migration.member;

import io.crossfade.proxy.migration.identity.Agreed;
import io.crossfade.proxy.migration.identity.Vouch;
import io.crossfade.proxy.migration.state.CollectionState;
import io.crossfade.proxy.migration.state.Doubt;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a member tells whoever looks after its indexes, and what it does with what they find. */
record Agreement(Member member) implements Agreed {
    private static final Logger LOG = LoggerFactory.getLogger(Agreement.class);

    @Override
    public CollectionState state() {
        return member.state();
    }

    /** Of a member that has been fenced no version counts any more. */
    @Override
    public int slot() {
        CollectionState.Member self = state().members().get(member.context().name());
        return self == null ? 0 : self.slot();
    }

    @Override
    public CompletableFuture<?> doubt(String index, Vouch found) {
        LOG.atError()
                .addKeyValue("collection", member.context().collection())
                .addKeyValue("epoch", state().epoch())
                .log("{} is in doubt: {}", index, found.found());
        Doubt.Kind kind = found.kind() == Vouch.Kind.REPLACED ? Doubt.Kind.INDEX_REPLACED : Doubt.Kind.INDEX_WENT_BACK;
        return member.context()
                .record()
                .update(state(), before -> before.doubt(kind, index, found.since(), found.found()))
                .thenCompose(member::sees);
    }

    @Override
    public void twin(String found) {
        member.twin(found);
    }
}
