package io.crossfade.proxy.cli;

import io.crossfade.proxy.config.ConfigCheck;
import io.crossfade.proxy.config.ConfigTrial;
import io.crossfade.proxy.config.CrossfadeConfig;
import io.crossfade.proxy.observe.LogSetup;
import io.crossfade.proxy.plugin.Plugins;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** A sidecar from its start to its end. */
record Serving(ServerStarter starter, Plugins plugins, PrintWriter out) {
    /** Tries the configuration, starts the sidecar, and stops it as soon as it serves. */
    void once(CrossfadeConfig config) throws Exception {
        LogSetup.check(System.getenv());
        ConfigCheck.run(config, plugins);
        ConfigTrial.run(config);
        try (Server server = starter.start(config, plugins)) {
            announce(server);
        }
    }

    /**
     * Serves until this process stops.
     *
     * @param whileInput or when standard input ends
     */
    void untilStopped(CrossfadeConfig config, boolean whileInput) throws Exception {
        LogSetup.check(System.getenv());
        Thread.setDefaultUncaughtExceptionHandler(Serving::log);
        CountDownLatch stopped = new CountDownLatch(1);
        Server server = starter.start(config, plugins);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, stopped), "stop"));
        announce(server);
        if (whileInput) {
            awaitEnd(System.in);
        } else {
            stopped.await();
        }
    }

    /** What no part of the sidecar was prepared for must not be lost: it is logged as everything else is. */
    private static void log(Thread thread, Throwable thrown) {
        LoggerFactory.getLogger(Serving.class).error("a task of thread {} failed", thread.getName(), thrown);
    }

    private void announce(Server server) {
        out.printf("serving data=%d admin=%d ops=%d%n", server.dataPort(), server.adminPort(), server.opsPort());
        out.flush();
    }

    private static void stop(Server server, CountDownLatch stopped) {
        server.close();
        stopped.countDown();
    }

    private static void awaitEnd(InputStream in) throws IOException {
        while (in.read() >= 0) {
            // Whoever started this holds the other end, and has nothing to say.
        }
    }
}
