package io.crossfade.proxy.migration.admin;

import java.util.List;

/** The migrations of all collections that this sidecar serves. */
public interface Admins {
    /**
     * @throws io.crossfade.proxy.collection.CallException of kind NOT_FOUND that lists the known names
     */
    Admin get(String collection);

    List<String> names();
}
