package io.crossfade.proxy.migration.identity;

import io.crossfade.proxy.index.IndexException;
import java.util.Map;
import java.util.Optional;

/**
 * A note of one member on an index. Whoever finds an older one than was answered for knows that the index went back;
 * whoever finds a newer one than it has sent knows that its own state is old. Written as {@code started epoch number
 * process covers journal given}.
 *
 * @param started version at which the migration began: a note of an older one does not count
 * @param epoch of the route on which it was written
 * @param number one more than that of the note before
 * @param process random for each run of the member's process: two that run on copies of one state directory find each
 *     other by it
 * @param covers every write of this member below that version was read back from the index, or is pending
 * @param journal how much the member's journal had been written to
 * @param given the highest version that the member had given or seen: where its journal is an older copy, and its clock was set
 *     back, this tells what was given already (R14)
 */
record Note(long started, long epoch, long number, String process, long covers, long journal, long given) {
    private static final String NAME = "crossfade.note.";

    static String name(String member) {
        return NAME + member;
    }

    /** The note of a member in this migration, if the index bears one. */
    static Optional<Note> of(String member, Map<String, String> attributes, String index) {
        return Optional.ofNullable(attributes.get(name(member))).map(text -> parse(index, text));
    }

    private static Note parse(String index, String text) {
        String[] parts = text.split(" ", -1);
        try {
            return new Note(
                    Long.parseLong(parts[0]),
                    Long.parseLong(parts[1]),
                    Long.parseLong(parts[2]),
                    parts[3],
                    Long.parseLong(parts[4]),
                    Long.parseLong(parts[5]),
                    Long.parseLong(parts[6]));
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
            throw new IndexException(
                    IndexException.Kind.MISMATCH, index + ": note \"" + text + "\" (expected: one of this release)", e);
        }
    }

    String text() {
        return started + " " + epoch + " " + number + " " + process + " " + covers + " " + journal + " " + given;
    }
}
