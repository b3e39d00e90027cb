package io.crossfade.proxy.write.journal;

import io.crossfade.proxy.model.Key;

/**
 * A document set aside because the follower can never take it as it is.
 *
 * @param version that the leader held
 * @param waived an operator accepts that exactly this version is missing
 */
public record ParkedRecord(Key key, long version, String reason, boolean waived) {}
