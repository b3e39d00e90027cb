package io.crossfade.proxy.migration.claim;

import io.crossfade.proxy.route.Participant;
import io.crossfade.proxy.time.Branches;
import io.crossfade.proxy.time.Cause;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Claims and objections as they stand on indexes. Those of this sidecar are set one after the other on each index. */
final class Notes {
    private static final Logger LOG = LoggerFactory.getLogger(Notes.class);
    private static final String OBJECTION = "crossfade.objection";

    private final String collection;
    private final Owner owner;
    private final String ofNobody;
    private final Duration timeout;
    private final Map<String, CompletableFuture<Void>> last = new ConcurrentHashMap<>();

    /**
     * @param ofNobody the id of an owner that is gone for good, whose claims count for nothing; "" for none
     */
    Notes(String collection, Owner owner, String ofNobody, Duration timeout) {
        this.collection = collection;
        this.owner = owner;
        this.ofNobody = ofNobody;
        this.timeout = timeout;
    }

    /** What stands on an index. */
    record Found(Optional<Claim> own, Optional<Claim> foreign, Optional<String> objection) {
        boolean isMoved() {
            return own.or(() -> foreign).filter(Claim::moved).isPresent();
        }
    }

    CompletableFuture<Found> read(Participant index) {
        return CompletableFuture.completedFuture(timeout)
                .thenCompose(index.index()::attributes) // a driver that throws has not answered
                .thenApply(this::found);
    }

    private Found found(Map<String, String> attributes) {
        Optional<Claim> claim = Claim.of(attributes);
        return new Found(
                claim.filter(found -> found.owner().equals(owner)),
                claim.filter(found ->
                        !found.owner().equals(owner) && !found.owner().id().equals(ofNobody)),
                Optional.ofNullable(attributes.get(OBJECTION)));
    }

    /**
     * @param moved as in {@link Claim}
     */
    CompletableFuture<Void> claim(Participant index, boolean moved) {
        return set(index, Claim.NAME, new Claim(owner, collection, moved).text());
    }

    CompletableFuture<Void> object(Participant index) {
        return set(index, OBJECTION, owner.id());
    }

    boolean isMine(String objection) {
        return objection.equals(owner.id());
    }

    CompletableFuture<Void> clearObjections(Participant index) {
        return set(index, OBJECTION, "");
    }

    /** Takes this owner's claim away, with the objections to it. */
    CompletableFuture<Void> clear(Participant index) {
        return set(index, Claim.NAME, "").thenCompose(cleared -> clearObjections(index));
    }

    private CompletableFuture<Void> set(Participant index, String name, String value) {
        return last.compute(
                index.name(),
                (same, before) -> before == null
                        ? index.index().setAttribute(name, value, timeout)
                        : Branches.compose(
                                before, (done, failed) -> index.index().setAttribute(name, value, timeout)));
    }

    /** The change, of which a failure is logged: the next look makes up for it. */
    CompletableFuture<Void> logged(Participant index, CompletableFuture<Void> change) {
        return change.exceptionally(failed -> {
            LOG.warn("{}: the claim on {} stands as it was: {}", collection, index.name(), Cause.message(failed));
            return null;
        });
    }
}
