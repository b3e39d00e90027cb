package io.crossfade.proxy.simulation;

import io.crossfade.proxy.harness.Docs;
import io.crossfade.proxy.model.Embedding;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.NamedVector;
import io.crossfade.proxy.model.StoredDocument;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The vectors that clients send, and which of them, or of those that models make, belong to a document. */
final class Vectors {
    private static final List<String> SPACES = List.of("a", "b");

    private final Scenario scenario;
    private final Map<Embedding, String> labels = new HashMap<>();
    private final Set<String> sentForFollower = new HashSet<>();
    private final History history;
    private final Map<Embedding, Fed> fed = new HashMap<>();

    /** By space: until then what was sent alone may be gone; of both spaces if records are. */
    private final Map<String, Long> mayBeGone = new HashMap<>();

    /**
     * A vector that was sent alone.
     *
     * @param madeOf the text, if the call has said it
     */
    private record Fed(
            Key key, History.Write write, @Nullable String madeOf) {}

    Vectors(Scenario scenario, History history) {
        this.scenario = scenario;
        this.history = history;
    }

    /** One that is written by itself, and known by its label. */
    NamedVector labelled(String label) {
        NamedVector vector = Docs.named("a", label);
        labels.put(vector.embedding(), label);
        return vector;
    }

    @Nullable
    String label(StoredDocument document) {
        return labels.get(document.vectors().get(""));
    }

    /** One for the new index that its model would not have made. */
    NamedVector forFollower(String text) {
        sentForFollower.add(text);
        return new NamedVector("", "b", ofClient(text));
    }

    /** One that is sent alone, and that no model would have made. */
    NamedVector fed(Key key, String space, String label, History.Write write, @Nullable String madeOf) {
        NamedVector vector = new NamedVector("", space, Docs.vector(space, label + " fed"));
        fed.put(vector.embedding(), new Fed(key, write, madeOf));
        return vector;
    }

    /** Records are lost: a vector that was sent alone and is followed by an update does not count, and an older one stands. */
    void mayBeForgotten() {
        SPACES.forEach(space -> mayBeGone.put(space, Long.MAX_VALUE));
    }

    /** The only index of a space has lost what it had; what was sent alone for it is nowhere else, and an older one may stand. */
    void lost(String space, long now) {
        mayBeGone.merge(space, now, Math::max);
    }

    /** Who has sent the vector of a document alone, if somebody has. */
    String fedTo(StoredDocument document) {
        Fed sent = fed.get(document.vectors().get(""));
        return sent == null ? "" : "; fed by " + sent.write() + ", made of " + sent.madeOf();
    }

    private static Embedding ofClient(String text) {
        return Docs.vector("b", text + " of the client");
    }

    /** The new index has a space of its own where a model embeds. */
    boolean areRight(StoredDocument primary, StoredDocument migration) {
        if (!scenario.embeds()) {
            return label(primary) != null && primary.vectors().equals(migration.vectors());
        }
        return isRight(primary, "a") && isRight(migration, "b");
    }

    private boolean isRight(StoredDocument document, String space) {
        Embedding vector = document.vectors().get("");
        String text = String.valueOf(scenario.text().of(document.text(), document.metadata()));
        return vector != null
                && (vector.equals(Docs.vector(space, text))
                        || (space.equals("b") && sentForFollower.contains(text) && vector.equals(ofClient(text)))
                        || isFed(document, vector, text, mayBeGone.getOrDefault(space, 0L)));
    }

    /**
     * Whether a client has asked for this vector after the text, or may have. If it has said what it was made of, the vector
     * belongs to that, unless it landed when nobody waited for it any more, or another sidecar wrote at once. Otherwise it belongs to whatever stands when it is
     * applied: to no text that was written after its call had ended.
     *
     * @param since what was sent before may be gone
     */
    private boolean isFed(StoredDocument document, Embedding vector, String text, long since) {
        Fed sent = fed.get(vector);
        return sent != null
                && sent.key().equals(document.key())
                && (sent.madeOf() == null
                        || mayBeOfAnother(sent)
                        || sent.madeOf().equals(text))
                && history.mayFollow(sent.write(), Clients.register(document.key(), "text"), text, since);
    }

    private boolean mayBeOfAnother(Fed sent) {
        return scenario.sidecars() > 1 || sent.write().isDoubtful();
    }
}
