package io.crossfade.proxy.config;

import io.crossfade.proxy.index.IndexDefinition;
import io.crossfade.proxy.plugin.Plugins;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Where the configured indexes are, as their drivers say. Each place is asked for once. Safe for use by many threads. */
public final class Places {
    private final CrossfadeConfig config;
    private final Plugins plugins;
    private final Map<String, String> byIndex = new ConcurrentHashMap<>();

    public Places(CrossfadeConfig config, Plugins plugins) {
        this.config = config;
        this.plugins = plugins;
    }

    /**
     * One text for one place.
     *
     * @throws IllegalArgumentException if there is no such index, or an option of it is wrong
     */
    public String of(String index) {
        String known = byIndex.get(index);
        if (known == null) {
            IndexDefinition definition = config.index(index);
            String place = plugins.driver(definition.driver()).place(definition, config.dataDir());
            known = "driver " + definition.driver() + ", " + place;
            byIndex.put(index, known);
        }
        return known;
    }

    /** Collections that begin on one index: what one of them loses or lets go of is the other's too. */
    public List<String> sharedByCollections() {
        List<String> violations = new ArrayList<>();
        Map<String, String> owners = new HashMap<>();
        for (String name : new TreeSet<>(config.collections().keySet())) {
            String index = config.collection(name).index();
            String owner = owners.putIfAbsent(ofOrName(index), name);
            if (owner != null) {
                violations.add("collections." + name + ".index: " + index + ": the same index as that of collection "
                        + owner + alias(index, config.collection(owner).index())
                        + " (expected: an index of its own)");
            }
        }
        return violations;
    }

    private String alias(String index, String other) {
        return index.equals(other) ? "" : ", " + other + ": " + ofOrName(index);
    }

    /** Names of indexes that mean one place. */
    List<String> namedTwice() {
        List<String> violations = new ArrayList<>();
        Map<String, String> first = new HashMap<>();
        for (String index : new TreeSet<>(config.indexes().keySet())) {
            String place = ofOrName(index);
            String other = first.putIfAbsent(place, index);
            if (other != null) {
                violations.add("indexes." + index + ": the same as indexes." + other + ": " + place
                        + " (expected: a place of its own)");
            }
        }
        return violations;
    }

    /** The place; the name of an index that has none, because its options are wrong. */
    private String ofOrName(String index) {
        try {
            return of(index);
        } catch (IllegalArgumentException e) {
            return "index " + index;
        }
    }
}
