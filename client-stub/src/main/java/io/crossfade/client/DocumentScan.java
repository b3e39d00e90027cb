package io.crossfade.client;

import io.crossfade.v1.Document;
import io.crossfade.v1.ScanRequest;
import io.crossfade.v1.ScanResponse;
import io.grpc.Deadline;
import io.grpc.Status;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the documents of a scan. Two pages at most are fetched ahead. When the connection breaks it goes on after
 * the last page, until the timeout passes without one; a flip ends it with ABORTED, since cursors belong to one index.
 * For one thread at a time.
 */
public final class DocumentScan implements Iterator<Doc>, AutoCloseable {
    private final Connection connection;
    private final ScanRequest request;
    private final Duration timeout;
    private Iterator<Document> page = Collections.emptyIterator();
    private @Nullable ScanStream stream;
    private String cursor;
    private boolean ended;

    DocumentScan(Connection connection, ScanRequest request, Duration timeout) {
        this.connection = connection;
        this.request = request;
        this.timeout = timeout;
        this.cursor = request.getCursor();
    }

    @Override
    public boolean hasNext() {
        while (!page.hasNext() && !ended) {
            turnPage();
        }
        return page.hasNext();
    }

    @Override
    public Doc next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return Doc.of(page.next());
    }

    /** Where to go on once the documents of the present page are used up; see {@link Scan#from}. */
    public String cursor() {
        return cursor;
    }

    /** The remaining documents; closing the stream closes the scan. */
    public Stream<Doc> stream() {
        int traits = Spliterator.ORDERED | Spliterator.NONNULL;
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(this, traits), false)
                .onClose(this::close);
    }

    @Override
    public void close() {
        ended = true;
        page = Collections.emptyIterator();
        drop();
    }

    private void turnPage() {
        ScanResponse next = nextPage();
        if (next == null) {
            ended = true;
        } else {
            page = next.getDocumentsList().iterator();
            cursor = next.getCursor();
            ended = cursor.isEmpty();
        }
        if (ended) {
            drop();
        }
    }

    private @Nullable ScanResponse nextPage() {
        Deadline deadline = Deadline.after(timeout.toNanos(), TimeUnit.NANOSECONDS);
        for (int attempts = 1; ; attempts++) {
            try {
                return open().next(deadline);
            } catch (CrossfadeException e) {
                drop();
                pauseOrThrow(e, deadline, attempts);
            }
        }
    }

    private ScanStream open() {
        ScanStream open = stream;
        if (open == null) {
            open = ScanStream.start(
                    connection.channel(), request.toBuilder().setCursor(cursor).build());
            stream = open;
        }
        return open;
    }

    private void drop() {
        if (stream != null) {
            stream.cancel();
            stream = null;
        }
    }

    private void pauseOrThrow(CrossfadeException failure, Deadline deadline, int attempts) {
        long pause = Backoff.nanos(failure.code(), attempts);
        if (!Backoff.mayPass(failure.code())
                || connection.channel().isShutdown()
                || deadline.timeRemaining(TimeUnit.NANOSECONDS) <= pause) {
            throw failure;
        }
        try {
            TimeUnit.NANOSECONDS.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CrossfadeException.of(
                    Status.CANCELLED.withDescription("interrupted").withCause(e));
        }
    }
}
