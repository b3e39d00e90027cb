package io.crossfade.proxy.migrations.measure;

import io.crossfade.client.CrossfadeClient;
import io.crossfade.client.CrossfadeCollection;
import io.crossfade.client.Doc;
import io.crossfade.client.Search;
import io.crossfade.proxy.demo.existing.Corpus;
import io.crossfade.proxy.demo.existing.Existing;

/** Makes one call after the other, each of which ends when it is answered. */
interface Caller extends AutoCloseable {
    int HITS = 10;

    /** Replaces a document that is there by itself with another vector. */
    void write(int document, float[] vector) throws Exception;

    /** Asks for the nearest documents, with their metadata. */
    void query(float[] vector) throws Exception;

    @Override
    void close() throws Exception;

    /** Through a sidecar. */
    static Caller through(CrossfadeClient client, String space, Corpus corpus) {
        CrossfadeCollection words = client.collection(Migrating.COLLECTION);
        return new Caller() {
            @Override
            public void write(int document, float[] vector) {
                Existing each = corpus.existing().get(document);
                words.upsert(Doc.of(each.id())
                                .text(each.entry().text())
                                .metadata(each.entry().metadata())
                                .vector(space, vector))
                        .requireApplied();
            }

            @Override
            public void query(float[] vector) {
                requireHits(words.query(Search.vector(space, vector).topK(HITS))
                        .hits()
                        .size());
            }

            @Override
            public void close() {}
        };
    }

    static void requireHits(int hits) {
        if (hits != HITS) {
            throw new IllegalStateException(hits + " hits (expected: " + HITS + ")");
        }
    }
}
