package io.crossfade.proxy.collection;

import io.crossfade.proxy.collection.Collection.Matching;
import io.crossfade.proxy.collection.Collection.ScanCall;
import io.crossfade.proxy.model.Filter;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.MetadataPatch;
import io.crossfade.proxy.model.WriteOp;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks whole requests against what a collection wants and can do now, before anything is applied. Pure. Each method
 * returns, or throws one {@link CallException} that lists all that is wrong: of kind INVALID if the request could never
 * be right, else PRECONDITION if it names a space, capability or count that this collection does not offer now.
 */
public final class Validation {
    private static final int WRITE_ID_BYTES = 128;
    private static final int ATTRIBUTE_NAME_BYTES = 128;
    private static final int ATTRIBUTE_VALUE_BYTES = 4096;
    private static final int PAGE_SIZE = 10_000;

    private Validation() {}

    public static void checkWrites(List<WriteOp> writes, String writeId, Description description) {
        Findings findings = new Findings();
        checkBatch(findings, writes.size(), description);
        checkLength(findings, Place.of("write_id"), writeId, WRITE_ID_BYTES);
        if (!findings.isInvalid()) {
            new WriteCheck(findings, description).check(writes);
        }
        findings.throwIfAny();
    }

    /**
     * @param patch null if the documents that match are to be removed
     */
    public static void checkMatching(
            Matching matching, @Nullable MetadataPatch patch, String writeId, Description description) {
        Findings findings = new Findings();
        checkLength(findings, Place.of("write_id"), writeId, WRITE_ID_BYTES);
        checkMatching(findings, matching, description);
        if (patch != null) {
            new MetadataCheck(findings, description.limits()).check(Place.of("patch"), patch);
        }
        findings.throwIfAny();
    }

    /** Checks how many documents match; to be called when that is known, before the first is changed. */
    public static void checkMatched(long matched, Matching matching, Description description) {
        long most = description.limits().maxMatched();
        if (matching.expectedCount().isPresent()) {
            long expected = matching.expectedCount().get();
            if (expected != matched) {
                throw new CallException(
                        CallException.Kind.PRECONDITION,
                        "expected_count: " + expected + " (expected: " + matched + ", the documents that match)");
            }
        } else if (matched > most) {
            throw new CallException(
                    CallException.Kind.PRECONDITION,
                    "matched: " + matched + " documents (expected: at most " + most + ", or expected_count: " + matched
                            + ")");
        }
    }

    /** Refuses a change of all documents that there are, whose caller has not said how many he means. */
    public static CallException matchesAll(long matched, Matching matching) {
        String where = matching.namespace().isEmpty() ? "" : " of namespace " + matching.namespace();
        return new CallException(
                CallException.Kind.PRECONDITION,
                "filter: matches all documents" + where + " (expected: one that leaves some out, or expected_count: "
                        + matched + ")");
    }

    public static void checkKeys(List<Key> keys, Description description) {
        Findings findings = new Findings();
        checkBatch(findings, keys.size(), description);
        if (!findings.isInvalid()) {
            KeyCheck check = new KeyCheck(findings, description.limits());
            for (int i = 0; i < keys.size(); i++) {
                check.check(Place.of("keys", i), keys.get(i));
            }
        }
        findings.throwIfAny();
    }

    public static void checkQuery(QueryCall query, Description description) {
        Findings findings = new Findings();
        new QueryCheck(findings, description).check(null, query);
        findings.throwIfAny();
    }

    /** Checks all queries of one call. */
    public static void checkQueries(List<QueryCall> queries, Description description) {
        Findings findings = new Findings();
        checkBatch(findings, queries.size(), description);
        if (!findings.isInvalid()) {
            QueryCheck check = new QueryCheck(findings, description);
            for (int i = 0; i < queries.size(); i++) {
                check.check(Place.of("queries", i), queries.get(i));
            }
        }
        findings.throwIfAny();
    }

    public static void checkScan(ScanCall scan, Description description) {
        Findings findings = new Findings();
        if (scan.limit() < 1 || scan.limit() > PAGE_SIZE) {
            findings.invalid(
                    Place.of("page_size"),
                    Integer.toUnsignedString(scan.limit()) + " (expected: 1 to " + PAGE_SIZE + ")");
        }
        if (!scan.missingSpace().isEmpty()) {
            new SentVectorCheck(findings, description).checkName(Place.of("missing_space"), scan.missingSpace());
        }
        checkFilter(findings, scan.filter(), description);
        findings.throwIfAny();
    }

    public static void checkCount(@Nullable Filter filter, Description description) {
        Findings findings = new Findings();
        checkFilter(findings, filter, description);
        findings.throwIfAny();
    }

    public static void checkAttribute(String name, String value) {
        Findings findings = new Findings();
        if (name.isEmpty()) {
            findings.invalid(Place.of("name"), "empty (expected: 1 to " + ATTRIBUTE_NAME_BYTES + " bytes)");
        }
        checkLength(findings, Place.of("name"), name, ATTRIBUTE_NAME_BYTES);
        checkLength(findings, Place.of("value"), value, ATTRIBUTE_VALUE_BYTES);
        findings.throwIfAny();
    }

    private static void checkMatching(Findings findings, Matching matching, Description description) {
        checkLength(
                findings,
                Place.of("namespace"),
                matching.namespace(),
                description.limits().idBytes());
        checkFilter(findings, matching.filter(), description);
        if (!findings.isInvalid() && AlwaysTrue.test(matching.filter())) {
            findings.invalid(
                    Place.of("filter"),
                    "always true (expected: one that can exclude documents; there is no way to change or remove all)");
        }
    }

    private static void checkFilter(Findings findings, @Nullable Filter filter, Description description) {
        if (filter != null) {
            new FilterCheck(findings, description).check(Place.of("filter"), filter);
        }
    }

    private static void checkBatch(Findings findings, int size, Description description) {
        int most = description.limits().batch();
        if (size < 1 || size > most) {
            findings.invalid(Place.of("batch"), size + " (expected: 1 to " + most + ")");
        }
    }

    static void checkLength(Findings findings, Place place, String value, int most) {
        if (!Utf8.fits(value, most)) {
            findings.invalid(place, Utf8.size(value) + " bytes (expected: at most " + most + ")");
        }
    }
}
