package io.crossfade.proxy.observe;

/** Sees what goes on in the collections of a sidecar. */
@FunctionalInterface
public interface Observer {
    /** The observer of one collection, from its start on. */
    CollectionObserver of(String collection);
}
