package io.crossfade.proxy.migration.admin;

/**
 * How far a cleaning has come.
 *
 * @param documents that were gone through
 * @param cleaned that bore a stamp, and bear none any more; where the engine does not tell, all that bear none
 * @param left that may still bear one, because the engine failed: the next run takes it away
 */
public record Cleaned(long documents, long cleaned, long left) {
    static final Cleaned NOTHING = new Cleaned(0, 0, 0);

    Cleaned plus(Cleaned more) {
        return new Cleaned(documents + more.documents, cleaned + more.cleaned, left + more.left);
    }
}
