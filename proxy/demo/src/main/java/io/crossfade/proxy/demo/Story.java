package io.crossfade.proxy.demo;

import io.crossfade.proxy.demo.report.Timeline;

/** Tells what happens, to whoever watches and for the record. */
record Story(Timeline timeline, Narrator narrator) {
    /**
     * A new act begins.
     *
     * @param trouble something is broken meanwhile
     */
    void act(String name, String title, boolean trouble) {
        timeline.begin(name, title, trouble);
        narrator.act(title);
    }

    /** Something happened. */
    void event(String title) {
        timeline.event(title);
        narrator.note(title);
    }
}
