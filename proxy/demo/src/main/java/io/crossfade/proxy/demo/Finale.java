package io.crossfade.proxy.demo;

import io.crossfade.proxy.demo.app.Call;
import io.crossfade.proxy.demo.app.History;
import io.crossfade.proxy.demo.check.Checker;
import io.crossfade.proxy.demo.check.Damage;
import io.crossfade.proxy.demo.check.Index;
import io.crossfade.proxy.demo.check.LocalModels;
import io.crossfade.proxy.demo.check.Model;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads both indexes and has them checked. Vectors are made anew without Crossfade's own embedders. Confined to one
 * thread.
 */
final class Finale {
    private final Stage stage;
    private final Script script;
    private List<Call> beforeComplete = List.of();
    private @Nullable Index newIndex;
    private List<Call> untilLoss = List.of();
    private @Nullable Index afterLoss;

    Finale(Stage stage, Script script) {
        this.stage = stage;
        this.script = script;
    }

    /** While the app rests, and the old index leads again: all that was acked until now must be there. */
    void lookAfterLoss() throws IOException {
        untilLoss = History.read(stage.history());
        afterLoss = stage.readOldThroughSidecar();
    }

    /**
     * While the app rests, and the migration is still on: every vector of the new index must say where it came from.
     */
    void lookBeforeComplete() throws IOException {
        beforeComplete = History.read(stage.history());
        newIndex = stage.readNewIndex();
    }

    /**
     * Compares the new index as it was then, the old one as it was let go, and what the app sees now.
     *
     * @param all the app's calls
     * @return by name of the index
     */
    Map<String, Damage> inspect(List<Call> all) throws IOException, InterruptedException {
        Model newModel = LocalModels.bge();
        Model oldModel = LocalModels.minilm();
        Map<String, Damage> damage = new LinkedHashMap<>();
        check(Objects.requireNonNull(afterLoss, "afterLoss"), checker(untilLoss), oldModel, damage);
        check(stage.readThroughSidecar(), checker(all), newModel, damage);
        check(stage.readOldIndex(), checker(beforeComplete), oldModel, damage);
        check(Objects.requireNonNull(newIndex, "newIndex"), checker(beforeComplete), newModel, damage);
        return damage;
    }

    private static void check(Index index, Checker checker, Model model, Map<String, Damage> damage) {
        damage.put(index.name(), checker.check(index, model));
    }

    private Checker checker(List<Call> history) {
        return new Checker(history, Script.VECTOR_SAMPLE, script.seed());
    }
}
