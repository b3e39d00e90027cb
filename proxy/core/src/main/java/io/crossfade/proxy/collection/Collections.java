package io.crossfade.proxy.collection;

import java.util.List;

/** All collections that this sidecar serves. */
public interface Collections {
    /**
     * @throws CallException of kind NOT_FOUND that lists the known names
     */
    Collection get(String name);

    List<String> names();
}
