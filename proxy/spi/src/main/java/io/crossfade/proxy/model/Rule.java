package io.crossfade.proxy.model;

/**
 * The rules that make dual writes converge. The plain recipe (write both, copy, compare, switch) fails in short runs, some
 * of them without any fault; each rule was found by model checking such a run. Code that keeps a rule names it, and
 * {@code docs/promises.md} says what attacks it.
 */
public enum Rule {
    /**
     * A write to the follower (forward, reconcile, backfill, repair) first opens a mark of its own in the journal.
     */
    R1,

    /** A mark is closed by its owner only; a key is pending while any mark of it is open. */
    R2,

    /** In MIRRORING and REVERSED a write is forwarded only if its mark is the key's only open one. */
    R3,

    /** Reconcile of a key begins only when no forward of it runs. */
    R4,

    /** Reconcile captures, before it reads, only marks of ended writes and its own, and closes exactly those. */
    R5,

    /**
     * A request without an answer may land until unknown_settle is over; reconcile waits for that before it reads.
     */
    R6,

    /** After a restart, replay waits likewise, for both engines. */
    R7,

    /** A forward closes its mark only if leader and follower applied it. */
    R8,

    /** The leader gets the writes of a key one after another; the follower is not waited for. */
    R9,

    /** After its write reconcile reads the leader again, and closes only if version and presence are the same. */
    R10,

    /** Reconcile writes whatever the follower's version is: the leader's order decides, not a clock. */
    R11,

    /** A partial update never creates a document; one that the follower lacks stays pending. */
    R12,

    /** Conditional writes on both sides or on neither: neither, whatever stands as it arrives. */
    R13,

    /** A version is given once, above all that were seen, whatever the clocks say. */
    R14,

    /** In a fleet a mark stays open until the writer's own reconcile after both answers. */
    R15,

    /**
     * What an engine has acknowledged survives kill -9; a journal that is gone, or was not stopped in order before
     * its machine was, puts everything in doubt.
     */
    R16,

    /** Backfill journals the keys of a batch before it writes them. */
    R17,

    /**
     * A dirty range ends only by a clean comparison of everything, begun when lost requests can no longer land.
     */
    R18,

    /**
     * A member registers, then reads the state; a step needs the answer of every member registered at that moment,
     * to this try of it.
     */
    R19,

    /**
     * A member that is away only delays a step; one that is lost for good is fenced by an admin, which leaves a
     * doubt that only a comparison begun later ends.
     */
    R20,

    /** Before reads cross, writes are held, running ones end and all marks are closed. */
    R21,

    /** In SEALED and SWITCHED a write begins when every member has applied the epoch. */
    R22,

    /** There both indexes must have a write before it is acked, and it closes only its own mark. */
    R23,

    /**
     * Reconcile writes to whichever index follows; not while members differ, and not once a crossing is agreed to.
     */
    R24,

    /**
     * Verify judges a key only if nothing touched it while both sides were read; clean is 0 different and 0
     * moving, begun after the last repair.
     */
    R25,

    /** What may still land keeps its key in doubt, whatever else is full or over. */
    R26,

    /**
     * Every write carries the one deadline of its call, all pages of a write by filter too; each document of that is judged
     * again in its lane.
     */
    R27,

    /**
     * What is parked is absent on the index that cannot take it. Where that one leads, the other one's copy stays until the
     * document is written whole.
     */
    R29,

    /** Nothing is written to the follower without a vouch of the leader between reading it and writing. */
    R30,

    /** No two members give one version to two writes. */
    R33,

    /** A note on an index covers only what was read back after it had been written, and after the one before was read. */
    R35,

    /** What was found out before a doubt does not count after it. */
    R36,

    /**
     * Who acts on what it has read of an index makes sure in between that it is still the same; what a leader has lost is
     * brought back to it in the lanes of its documents, and only when an operator says so.
     */
    R37;
}
