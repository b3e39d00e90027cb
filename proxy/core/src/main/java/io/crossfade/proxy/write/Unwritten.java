package io.crossfade.proxy.write;

import io.crossfade.proxy.collection.WriteReply;
import io.crossfade.proxy.model.Key;
import io.crossfade.proxy.model.WriteOp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The writes of one call that no index is asked for, each with the reason. Stages of the call add to it one after the other. */
final class Unwritten {
    private Map<Key, WriteReply.Result> results = Map.of();

    void add(Key key, WriteReply.Leader leader, String reason) {
        if (results.isEmpty()) {
            results = new HashMap<>();
        }
        results.put(key, new WriteReply.Result(key, 0, leader, WriteReply.Follower.NONE, reason, false));
    }

    /**
     * The results of all writes of a call, in its order.
     *
     * @param written those of the others, in the same order
     */
    List<WriteReply.Result> complete(List<WriteOp> all, List<WriteReply.Result> written) {
        if (results.isEmpty()) {
            return written;
        }
        List<WriteReply.Result> complete = new ArrayList<>(all.size());
        Iterator<WriteReply.Result> next = written.iterator();
        for (WriteOp op : all) {
            WriteReply.Result result = results.get(op.key());
            complete.add(result == null ? next.next() : result);
        }
        return complete;
    }
}
