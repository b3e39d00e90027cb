package io.crossfade.proxy.demo.app;

import io.crossfade.proxy.demo.corpus.Cast;
import io.crossfade.proxy.demo.corpus.WordNet;
import io.crossfade.proxy.time.SystemTime;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the demo's application. The demo itself runs this; nobody else has to. */
@Command(name = "demo-app", hidden = true, description = "The application of the demo.")
@SuppressWarnings("NullAway.Init") // picocli sets required options
public final class AppCommand implements Callable<Integer> {
    @Option(names = "--address", required = true)
    private String address;

    @Option(names = "--collection", required = true)
    private String collection;

    @Option(names = "--history", required = true)
    private Path history;

    @Option(names = "--documents", required = true)
    private int documents;

    @Option(names = "--known", required = true)
    private int known;

    @Option(names = "--workers", required = true)
    private int workers;

    @Option(names = "--calls-per-second", required = true)
    private double callsPerSecond;

    @Option(names = "--seed", required = true)
    private long seed;

    @Option(names = "--numbers", description = "Ids are numbers.")
    private boolean numbers;

    @Override
    public Integer call() throws Exception {
        Thread.setDefaultUncaughtExceptionHandler(AppCommand::end);
        Cast drawn = Cast.draw(WordNet.load(), documents, known, seed);
        Cast cast = numbers ? drawn.numbered() : drawn;
        App.Settings settings = new App.Settings(address, collection, history, workers, callsPerSecond, seed);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (SystemTime time = new SystemTime();
                App app = new App(settings, cast, time)) {
            app.run(commands, System.out);
        }
        return 0;
    }

    /** An app that lost a worker would go on at half its pace, and nobody would know. */
    private static void end(Thread thread, Throwable failure) {
        System.err.println(thread.getName() + " ended");
        failure.printStackTrace();
        Runtime.getRuntime().halt(1);
    }
}
