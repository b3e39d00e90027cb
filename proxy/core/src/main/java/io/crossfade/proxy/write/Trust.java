package io.crossfade.proxy.write;

/** What the doubts about both indexes mean for writes. Asked by each of them, so it must be quick. */
public interface Trust {
    /** Of a migration in which nothing has come into doubt. */
    Trust WHOLE = new Trust() {
        @Override
        public boolean mayFeedFollower() {
            return true;
        }

        @Override
        public Leader leader() {
            return Leader.WHOLE;
        }
    };

    /** What the index that leads may lack. */
    enum Leader {
        /** It has all that was acked. */
        WHOLE,
        /** It lacks what an operator has left behind on the other index; marks say which documents. */
        LEFT_BEHIND,
        /** It may lack anything that was acked: it was emptied, replaced, or restored from a copy. */
        LOST
    }

    /** False while one of the indexes is in doubt, so that nothing may be written to the follower. */
    boolean mayFeedFollower();

    Leader leader();
}
