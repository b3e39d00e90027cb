package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;

/**
 * A document set aside because an index can never take it as it is. It is absent there (R29): an older copy must not be
 * served in its stead once that index leads.
 *
 * @param version that the leader held
 * @param index that lacks it; the follower when it was set aside, which may lead by now
 * @param waived an operator accepts that exactly this version is missing
 */
public record ParkedRecord(Key key, long version, String index, String reason, boolean waived) {
    ParkedRecord asWaived() {
        return new ParkedRecord(key, version, index, reason, true);
    }
}
