package io.crossfade.proxy;

import io.crossfade.proxy.assembly.CollectionSettings;
import io.crossfade.proxy.assembly.HostedCollection;
import io.crossfade.proxy.assembly.Surroundings;
import io.crossfade.proxy.cli.Server;
import io.crossfade.proxy.collection.CallException;
import io.crossfade.proxy.collection.Collection;
import io.crossfade.proxy.collection.Collections;
import io.crossfade.proxy.config.ConfigCheck;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.config.Places;
import io.crossfade.proxy.control.ControlStore;
import io.crossfade.proxy.control.ControlStoreProvider;
import io.crossfade.proxy.control.StoreDefinition;
import io.crossfade.proxy.front.Listeners;
import io.crossfade.proxy.front.admin.AdminGrpc;
import io.crossfade.proxy.front.listen.EventLoops;
import io.crossfade.proxy.front.listen.Health;
import io.crossfade.proxy.front.ops.StatusPage;
import io.crossfade.proxy.migration.admin.Admin;
import io.crossfade.proxy.migration.admin.Admins;
import io.crossfade.proxy.migration.admin.Status;
import io.crossfade.proxy.model.Space;
import io.crossfade.proxy.observe.Metrics;
import io.crossfade.proxy.plugin.Plugins;
import io.crossfade.proxy.serve.Descriptions;
import io.crossfade.proxy.settings.InvalidSettingsException;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.OwnThreads;
import io.crossfade.proxy.time.SystemTime;
import io.crossfade.proxy.write.journal.RocksJournalStores;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;

/** The sidecar: everything that is configured, started and stopped together. */
public final class Proxy implements Server {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final int HEAP_SHARE = 8;
    private static final int ID_BYTES = 512;
    private static final String MEMBER = "sidecar";
    private static final int STORE_THREADS = 4;
    private static final int STEP_THREADS = 2;
    private static final int WORK_THREADS = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int QUEUE = 1_000;

    private final Health health = new Health();
    private final Machine machine;
    private final SystemTime time;
    private final List<OwnThreads> threads = new ArrayList<>();
    private final Metrics metrics;
    private final ControlStore control;
    private final OpenIndexes indexes;
    private final IndexUses uses;
    private final Map<String, HostedCollection> hosted = new TreeMap<>();
    private final Listeners listeners;

    /** What exists before the sidecar, and ends after it. */
    private record Machine(SystemTime time, EventLoops loops, OwnThreads store, Plugins plugins)
            implements AutoCloseable {
        @Override
        public void close() {
            loops.close();
            time.close();
            store.close();
            plugins.close();
        }
    }

    private Proxy(CrossfadeConfig config, Machine machine, ControlStore control) throws IOException {
        this.machine = machine;
        this.control = control;
        time = machine.time();
        metrics = new Metrics(time);
        indexes = new OpenIndexes(config, machine.plugins(), machine.loops().workers(), time);
        uses = new IndexUses(indexes, new Places(config, machine.plugins()));
        listeners = new Listeners(
                settings(config),
                collections(),
                List.of(new AdminGrpc(admins(), time)),
                new Listeners.OpsPages(metrics::scrape, new StatusPage(this::statuses, time)),
                health,
                machine.loops(),
                time);
        metrics.watchEmbedders(indexes::embedderStats);
        metrics.watchCalls(listeners::callsInFlight, limits(config).calls());
    }

    private void serve(CrossfadeConfig config) throws IOException {
        for (String name : new TreeSet<>(config.collections().keySet())) {
            HostedCollection started = start(settings(name, config), surroundings(name, config));
            hosted.put(name, started);
            uses.started(started);
        }
        listeners.start();
        new Readiness(hosted.values(), health, time).begin();
        threads("metrics", "metrics", 1).execute(metrics::watchProcess);
    }

    private Surroundings surroundings(String collection, CrossfadeConfig config) {
        return new Surroundings(
                MEMBER,
                control,
                uses.of(collection),
                config.journalDir(),
                new RocksJournalStores(config.journal().maxBytes(), machine.loops(), time::nanos),
                time,
                threads(collection + "-step", "steps of collection " + collection, STEP_THREADS),
                threads(collection + "-work", "work of collection " + collection, WORK_THREADS),
                () -> ThreadLocalRandom.current().nextDouble(),
                () -> UUID.randomUUID().toString(),
                metrics);
    }

    private static HostedCollection start(HostedCollection.Settings settings, Surroundings around) throws IOException {
        try {
            return HostedCollection.start(settings, around).join();
        } catch (CompletionException e) {
            Throwable cause = Cause.of(e);
            throw new IOException("collection " + settings.name() + ": " + cause.getMessage(), cause);
        }
    }

    private static HostedCollection.Settings settings(String name, CrossfadeConfig config) {
        List<Space> spaces =
                config.spaces().keySet().stream().sorted().map(config::space).toList();
        CollectionSettings collection = config.collection(name);
        return new HostedCollection.Settings(
                name,
                collection,
                config.journal(),
                new Descriptions(
                        spaces,
                        collection
                                .limits()
                                .described(ID_BYTES, config.listeners().messageBytes())),
                config.control().records(),
                config.control().bootstrap());
    }

    /** Threads of one of its parts: whichever part hangs, the others go on. */
    private OwnThreads threads(String name, String owner, int most) {
        OwnThreads own = new OwnThreads("crossfade-" + name, owner, most, QUEUE);
        threads.add(own);
        return own;
    }

    private static Listeners.Settings settings(CrossfadeConfig config) {
        return new Listeners.Settings(
                config.listeners().data(),
                config.listeners().admin(),
                config.listeners().ops(),
                config.listeners().messageBytes(),
                limits(config),
                config.listeners().patience(),
                CALL_TIMEOUT,
                STOP_WITHIN);
    }

    private static Listeners.Limits limits(CrossfadeConfig config) {
        long bytes = config.listeners().bytesInFlight();
        return new Listeners.Limits(
                config.collections().values().stream()
                        .mapToInt(collection -> collection.limits().callsInFlight())
                        .sum(),
                config.listeners().streams(),
                config.listeners().streamsPerConnection(),
                bytes > 0 ? bytes : Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /**
     * Starts the sidecar with the plugins that are usual.
     *
     * @throws IOException as {@link #start(CrossfadeConfig, Plugins)}
     */
    public static Proxy start(CrossfadeConfig config) throws IOException {
        return start(config, Plugins.usual());
    }

    /**
     * Starts the sidecar; it serves when this returns. If it throws, everything is closed again, and the plugins too.
     *
     * @throws IllegalArgumentException if an option of the control store is wrong
     * @throws IOException if a directory, an index or an address cannot be had; the message says which
     */
    public static Proxy start(CrossfadeConfig config, Plugins plugins) throws IOException {
        OwnThreads store = new OwnThreads("crossfade-store", "control.store", STORE_THREADS, QUEUE);
        EventLoops loops = new EventLoops(Runtime.getRuntime().availableProcessors());
        Machine machine = new Machine(new SystemTime(), loops, store, plugins);
        try {
            requireOwnIndexes(config, plugins);
            ConfigCheck.embedders(config, plugins);
            return start(config, machine, control(config, machine));
        } catch (IOException | RuntimeException e) {
            machine.close();
            throw e;
        }
    }

    private static void requireOwnIndexes(CrossfadeConfig config, Plugins plugins) {
        List<String> shared = new Places(config, plugins).sharedByCollections();
        if (!shared.isEmpty()) {
            throw new InvalidSettingsException(shared);
        }
    }

    private static Proxy start(CrossfadeConfig config, Machine machine, ControlStore control) throws IOException {
        Proxy proxy;
        try {
            proxy = new Proxy(config, machine, control);
        } catch (IOException | RuntimeException e) {
            control.close();
            throw e;
        }
        try {
            proxy.serve(config);
            return proxy;
        } catch (IOException | RuntimeException e) {
            proxy.close();
            throw e;
        }
    }

    private static ControlStore control(CrossfadeConfig config, Machine machine) throws IOException {
        StoreDefinition store = config.store();
        ControlStoreProvider provider = machine.plugins().store(store.store());
        provider.check(store);
        createDataDirectory(config);
        return provider.open(
                store, new ControlStoreProvider.Context(config.dataDir(), machine.store(), machine.time()));
    }

    private static void createDataDirectory(CrossfadeConfig config) throws IOException {
        try {
            Files.createDirectories(config.dataDir());
        } catch (FileSystemException e) {
            throw new IOException(
                    "data_dir: " + config.dataDir() + ": " + e + " (expected: a directory this process can write)", e);
        }
    }

    private HostedCollection find(String name) {
        HostedCollection found = hosted.get(name);
        if (found == null) {
            throw new CallException(
                    CallException.Kind.NOT_FOUND,
                    "collection: " + name + " (expected: one of " + hosted.keySet() + ")");
        }
        return found;
    }

    private List<Status> statuses() {
        return hosted.values().stream()
                .map(each -> each.admin().status().join())
                .toList();
    }

    Collections collections() {
        return new Collections() {
            @Override
            public Collection get(String name) {
                return find(name).collection();
            }

            @Override
            public List<String> names() {
                return List.copyOf(hosted.keySet());
            }
        };
    }

    Admins admins() {
        return new Admins() {
            @Override
            public Admin get(String collection) {
                return find(collection).admin();
            }

            @Override
            public List<String> names() {
                return List.copyOf(hosted.keySet());
            }
        };
    }

    /** The port of the data listener; -1 for a Unix socket. */
    @Override
    public int dataPort() {
        return listeners.dataPort();
    }

    @Override
    public int adminPort() {
        return listeners.adminPort();
    }

    @Override
    public int opsPort() {
        return listeners.opsPort();
    }

    /** Takes no new calls, lets those that run end, and closes everything. */
    @Override
    public void close() {
        listeners.stop();
        hosted.values().forEach(each -> each.stop().join());
        indexes.close();
        control.close();
        metrics.close();
        threads.forEach(OwnThreads::close);
        machine.close();
    }
}
