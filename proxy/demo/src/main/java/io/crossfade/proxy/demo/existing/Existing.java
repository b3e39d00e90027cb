package io.crossfade.proxy.demo.existing;

import io.crossfade.proxy.demo.app.Entry;

/** A document that was there before Crossfade. */
@SuppressWarnings("ArrayRecordComponent") // bulk data; nobody compares or hashes it
public record Existing(String id, Entry entry, float[] vector) {
    /** Under a key that each document has. */
    public Object get(String key) {
        Object value = entry.metadata().get(key);
        if (value == null) {
            throw new IllegalStateException(id + ": no " + key);
        }
        return value;
    }
}
