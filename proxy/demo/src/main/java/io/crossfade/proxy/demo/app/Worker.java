package io.crossfade.proxy.demo.app;

import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.Doc;
import io.crossfade.client.Key;
import io.crossfade.client.Part;
import io.crossfade.client.Search;
import io.crossfade.client.WriteResults;
import io.crossfade.proxy.demo.app.Call.Operation;
import io.crossfade.proxy.demo.app.Call.Write;
import io.crossfade.proxy.demo.app.Recorder.Change;
import io.crossfade.proxy.demo.corpus.Definition;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One of the app's threads. Nobody else writes its documents, so it knows what each of them must be. Not thread-safe.
 */
final class Worker {
    private final CrossfadeCollection collection;
    private final Recorder recorder;
    private final Share share;
    private final Random random;
    private final Editor editor = new Editor();

    /** What the last acked write of each document made of it. */
    private final Map<String, Entry> entries = new HashMap<>();

    private final Shelf<Definition> editable = new Shelf<>();
    private final Shelf<Definition> fixed = new Shelf<>();
    private final Shelf<Definition> absent = new Shelf<>();

    Worker(CrossfadeCollection collection, Recorder recorder, Share share, Random random) {
        this.collection = collection;
        this.recorder = recorder;
        this.share = share;
        this.random = random;
        share.reserve().forEach(absent::add);
    }

    /**
     * One worker's part of the work.
     *
     * @param loaded documents that the collection begins with, in batches
     * @param there by id, what the collection has already
     * @param reserve documents that may be added later
     * @param fixed ids of documents that keep their text and are not deleted
     * @param questions to ask
     */
    record Share(
            List<List<Definition>> loaded,
            Map<String, Entry> there,
            List<Definition> reserve,
            Set<String> fixed,
            List<String> questions) {}

    /** Writes the documents that the collection begins with, but for those that are there. */
    void load() {
        share.loaded().forEach(batch -> {
            batch.forEach(this::adopt);
            List<Definition> missing = batch.stream()
                    .filter(definition -> !entries.containsKey(definition.id()))
                    .toList();
            if (!missing.isEmpty()) {
                load(missing);
            }
        });
    }

    private void adopt(Definition definition) {
        Entry entry = share.there().get(definition.id());
        if (entry != null) {
            editor.after(entry);
            entries.put(definition.id(), entry);
            shelve(definition);
        }
    }

    /** Does one thing, chosen at random. */
    void step() {
        int dice = random.nextInt(100);
        if (dice < 30) {
            query();
        } else if (editable.isEmpty() && fixed.isEmpty()) {
            if (!absent.isEmpty()) {
                add(absent);
            }
        } else if (dice < 45) {
            fetch(somePresent());
        } else if (dice < 70) {
            changeMetadata(somePresent());
        } else if (dice < 82 && !editable.isEmpty()) {
            edit(editable);
        } else if (dice < 91 && !absent.isEmpty()) {
            add(absent);
        } else if (!editable.isEmpty()) {
            delete(editable);
        }
    }

    private void load(List<Definition> batch) {
        List<Change> changes = batch.stream()
                .map(definition -> new Change(definition.id(), editor.first(definition)))
                .toList();
        List<Doc> docs = changes.stream().map(Worker::doc).toList();
        List<Write> writes = recorder.write(Operation.LOAD, changes, () -> collection.upsert(docs));
        for (int i = 0; i < batch.size(); i++) {
            settle(batch.get(i), writes.get(i));
        }
    }

    private void query() {
        String question = share.questions().get(random.nextInt(share.questions().size()));
        recorder.read(
                Operation.QUERY,
                () -> collection.query(Search.text(question)),
                found -> found.hits().isEmpty() ? "no hit for: " + question : null);
    }

    private void fetch(Shelf<Definition> shelf) {
        String id = shelf.pick(random).id();
        Entry expected = entries.get(id);
        recorder.read(
                Operation.FETCH,
                () -> collection.fetch(List.of(Key.of(id)), Part.TEXT, Part.METADATA),
                found -> stale(id, expected, found.get(Key.of(id))));
    }

    private void changeMetadata(Shelf<Definition> shelf) {
        Definition definition = shelf.take(random);
        Editor.MetadataChange change = editor.changeMetadata(entry(definition));
        write(
                Operation.METADATA,
                definition,
                change.entry(),
                () -> collection.updateMetadata(definition.id(), change.patch()));
    }

    private void edit(Shelf<Definition> shelf) {
        Definition definition = shelf.take(random);
        upsert(Operation.EDIT, definition, editor.edit(definition, entry(definition)));
    }

    private void add(Shelf<Definition> shelf) {
        Definition definition = shelf.take(random);
        upsert(Operation.UPSERT, definition, editor.first(definition));
    }

    private void upsert(Operation operation, Definition definition, Entry entry) {
        Doc doc = doc(new Change(definition.id(), entry));
        write(operation, definition, entry, () -> collection.upsert(doc));
    }

    private void delete(Shelf<Definition> shelf) {
        Definition definition = shelf.take(random);
        write(Operation.DELETE, definition, null, () -> collection.delete(definition.id()));
    }

    private void write(Operation operation, Definition definition, @Nullable Entry entry, Supplier<WriteResults> call) {
        List<Change> changes = List.of(new Change(definition.id(), entry));
        settle(definition, recorder.write(operation, changes, call).get(0));
    }

    /** Puts a document on its shelf; one whose state is unknown goes on none. */
    private void settle(Definition definition, Write write) {
        switch (write.outcome()) {
            case ACKED -> {
                if (write.entry() == null) {
                    entries.remove(write.id());
                } else {
                    entries.put(write.id(), write.entry());
                }
                shelve(definition);
            }
            case REFUSED -> shelve(definition);
            case UNKNOWN -> entries.remove(write.id());
        }
    }

    private void shelve(Definition definition) {
        if (!entries.containsKey(definition.id())) {
            absent.add(definition);
        } else {
            (share.fixed().contains(definition.id()) ? fixed : editable).add(definition);
        }
    }

    private Shelf<Definition> somePresent() {
        return editable.isEmpty() || (!fixed.isEmpty() && random.nextBoolean()) ? fixed : editable;
    }

    private Entry entry(Definition definition) {
        Entry entry = entries.get(definition.id());
        if (entry == null) {
            throw new IllegalStateException(definition.id() + ": absent (expected: a document)");
        }
        return entry;
    }

    private static @Nullable String stale(String id, @Nullable Entry expected, @Nullable Doc found) {
        Entry shown = found == null ? null : Entry.of(found);
        return Objects.equals(shown, expected) ? null : id + ": " + shown + " (expected: " + expected + ")";
    }

    private static Doc doc(Change change) {
        Entry entry = Objects.requireNonNull(change.entry(), "entry");
        return Doc.of(change.id()).text(entry.text()).metadata(entry.metadata());
    }
}
