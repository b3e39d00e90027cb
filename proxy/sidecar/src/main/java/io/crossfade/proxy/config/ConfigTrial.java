package io.crossfade.proxy.config;

import io.crossfade.proxy.embed.Embedder;
import io.crossfade.proxy.embed.EmbedderChain;
import io.crossfade.proxy.embed.EmbedderProvider;
import io.crossfade.proxy.embed.EmbedderSettings;
import io.crossfade.proxy.embed.EmbeddingException;
import io.crossfade.proxy.settings.InvalidSettingsException;
import io.crossfade.proxy.time.Cause;
import io.crossfade.proxy.time.OwnThreads;
import io.crossfade.proxy.time.SystemTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What can be known of a configuration only by trying it: whether each model can be loaded, and makes vectors of its space;
 * whether the data directory can be written. Opens no index and no listener, and makes nothing.
 */
public final class ConfigTrial {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> TEXT = List.of("crossfade");
    private static final int THREADS = 4;
    private static final int QUEUE = 1_000;

    private final CrossfadeConfig config;
    private final List<String> violations = new ArrayList<>();
    private final List<String> untried = new ArrayList<>();

    private ConfigTrial(CrossfadeConfig config) {
        this.config = config;
    }

    /**
     * Tries all that can be tried, of a configuration that has been checked.
     *
     * @return what could not be tried, because a server is away: that is nothing against the configuration
     * @throws InvalidSettingsException with all that cannot work as it is configured
     */
    public static List<String> run(CrossfadeConfig config) {
        ConfigTrial trial = new ConfigTrial(config);
        trial.tryDataDirectory();
        trial.tryEmbedders();
        if (!trial.violations.isEmpty()) {
            throw new InvalidSettingsException(trial.violations);
        }
        return List.copyOf(trial.untried);
    }

    private void tryDataDirectory() {
        Path directory = config.dataDir().toAbsolutePath();
        Path there = directory;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        if (!Files.isDirectory(there) || !Files.isWritable(there)) {
            violations.add("data_dir: " + directory + (there.equals(directory) ? "" : ": " + there)
                    + ": cannot be written (expected: a directory this process can write)");
        }
    }

    private void tryEmbedders() {
        try (SystemTime time = new SystemTime();
                OwnThreads threads = new OwnThreads("crossfade-trial", "the trial of embedders", THREADS, QUEUE)) {
            EmbedderProvider.Context context = new EmbedderProvider.Context(threads, time);
            for (String space : new TreeSet<>(config.spaces().keySet())) {
                EmbedderSettings embedder = config.embedder(space);
                if (embedder != null) {
                    judge(space, failureOf(space, embedder, context));
                }
            }
        }
    }

    private @Nullable Throwable failureOf(String space, EmbedderSettings settings, EmbedderProvider.Context context) {
        try (EmbedderChain embedder =
                EmbedderChain.create(config.space(space), settings.type(), settings.options(), context)) {
            return context.time()
                    .within(PATIENCE, embedder.embed(TEXT, Embedder.Use.QUERY), ConfigTrial::late)
                    .<@Nullable Throwable>handle((vectors, failed) -> failed)
                    .join();
        } catch (RuntimeException e) {
            return e;
        }
    }

    private static EmbeddingException late() {
        return new EmbeddingException("no answer within " + PATIENCE.toSeconds() + " s", false, null);
    }

    private void judge(String space, @Nullable Throwable failed) {
        if (failed == null) {
            return;
        }
        String problem = "spaces." + space + ".embedder: " + Cause.message(failed);
        boolean mayPass = Cause.of(failed) instanceof EmbeddingException embedding && !embedding.isMisconfigured();
        (mayPass ? untried : violations).add(problem);
    }
}
