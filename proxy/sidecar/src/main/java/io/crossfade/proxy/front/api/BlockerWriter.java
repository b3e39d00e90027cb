package io.crossfade.proxy.front.api;

import io.crossfade.v1.Blocker;
import java.util.List;

/** Writes what stands in the way of a step. */
public final class BlockerWriter {
    private BlockerWriter() {}

    public static List<Blocker> write(List<io.crossfade.proxy.collection.Blocker> blockers) {
        return blockers.stream().map(BlockerWriter::write).toList();
    }

    public static Blocker write(io.crossfade.proxy.collection.Blocker blocker) {
        return Blocker.newBuilder()
                .setCode(EnumWriter.write(blocker.code()))
                .setDetail(blocker.detail())
                .setMember(blocker.member())
                .build();
    }
}
