package io.crossfade.proxy.write;

/**
 * Exponentially smoothed latency of applications' writes, over the last few and over the last many, which tells whether
 * they have become slower. Lossy: of updates that race, one counts.
 */
public final class LiveLatency {
    private static final double RECENT = 0.1;
    private static final double USUAL = 0.002;

    private volatile double recent;
    private volatile double usual;

    void record(long nanos) {
        double took = Math.max(1, nanos); // 0 stands for nothing
        recent = usual == 0 ? took : recent + RECENT * (took - recent);
        usual = usual == 0 ? took : usual + USUAL * (took - usual);
    }

    /** How many times slower than usual writes are; 1 if nothing was written yet. */
    public double pressure() {
        return usual == 0 ? 1 : recent / usual;
    }
}
