package dev.millrace.stitch.resolve;

import dev.millrace.core.identity.Actor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.streaming.api.operators.KeyContext;

/**
 * The actors lately used, so that a visit reads and writes its actor once and not at each event: what they have become is
 * written to state when they have to make room, and before each checkpoint.
 *
 * <p>For a state backend that keeps bytes. One that keeps objects has them at hand anyway, and must see each change when it
 * happens, since it copies what a checkpoint is still being written from.
 */
final class ActorCache {
    private static final class Entry {
        private final Actor actor;
        private boolean changed;

        Entry(Actor actor) {
            this.actor = actor;
        }
    }

    private final int mostActors;
    private final ValueState<Actor> state;
    private final KeyContext keys;
    /** The one that was not used for longest comes first. */
    private final LinkedHashMap<String, Entry> entries;

    /** @param mostActors how many are held; 0: none, all is read and written at once */
    ActorCache(int mostActors, ValueState<Actor> state, KeyContext keys) {
        this.mostActors = mostActors;
        this.state = state;
        this.keys = keys;
        this.entries = new LinkedHashMap<>(2 * mostActors, 0.75f, true);
    }

    /** The actor of an identifier, which is the current key; null: there is none yet. */
    Actor get(String identifier) throws IOException {
        if (mostActors == 0) {
            return state.value();
        }
        Entry entry = entries.get(identifier);
        if (entry != null) {
            return entry.actor;
        }
        Actor actor = state.value();
        if (actor != null) {
            hold(identifier, new Entry(actor));
        }
        return actor;
    }

    /** Keeps what the actor of an identifier, which is the current key, has become. */
    void put(String identifier, Actor actor) throws IOException {
        if (mostActors == 0) {
            state.update(actor);
            return;
        }
        Entry entry = entries.get(identifier);
        if (entry == null) {
            entry = new Entry(actor);
            hold(identifier, entry);
        }
        entry.changed = true;
    }

    private void hold(String identifier, Entry entry) throws IOException {
        entries.put(identifier, entry);
        if (entries.size() > mostActors) {
            var eldest = entries.entrySet().iterator();
            Map.Entry<String, Entry> out = eldest.next();
            if (out.getValue().changed) {
                Object current = keys.getCurrentKey();
                write(out.getKey(), out.getValue());
                keys.setCurrentKey(current);
            }
            eldest.remove();
        }
    }

    /** Writes all that has changed; the current key is another one afterwards. */
    void flush() throws IOException {
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            if (entry.getValue().changed) {
                write(entry.getKey(), entry.getValue());
                entry.getValue().changed = false;
            }
        }
    }

    private void write(String identifier, Entry entry) throws IOException {
        keys.setCurrentKey(identifier);
        state.update(entry.actor);
    }
}
