package io.crossfade.proxy.driver.lucene;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/** Lucene's own codec, with the graph's settings and without its limit of 1,024 dimensions. */
final class VectorsCodec extends Lucene912Codec {
    private static final int MAX_DIMENSIONS = 16_384;

    private final KnnVectorsFormat format;

    /**
     * @param m neighbours of a node
     * @param beamWidth candidates while a node is added
     */
    VectorsCodec(int m, int beamWidth) {
        format = new WideFormat(new Lucene99HnswVectorsFormat(m, beamWidth));
    }

    @Override
    public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
        return format;
    }

    /** A format that bears the name of what it wraps, so that any reader of Lucene's finds its way. */
    private static final class WideFormat extends KnnVectorsFormat {
        private final KnnVectorsFormat wrapped;

        WideFormat(KnnVectorsFormat wrapped) {
            super(wrapped.getName());
            this.wrapped = wrapped;
        }

        @Override
        public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
            return wrapped.fieldsWriter(state);
        }

        @Override
        public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
            return wrapped.fieldsReader(state);
        }

        @Override
        public int getMaxDimensions(String field) {
            return MAX_DIMENSIONS;
        }
    }
}
