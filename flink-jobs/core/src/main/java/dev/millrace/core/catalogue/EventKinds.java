package dev.millrace.core.catalogue;

import dev.millrace.core.event.Envelope;
import dev.millrace.core.event.Envelope.Field;
import java.util.Arrays;

/** Remembers something by the type and the name of events, which it finds by their bytes. Forgets all when it is full. */
final class EventKinds<V> {
    /** Makes what is remembered. */
    @FunctionalInterface
    interface Maker<V> {
        V make(Envelope event);
    }

    /** So many are remembered; a power of two. */
    static final int MOST = 4096;

    /** A kind with longer type and name is made anew each time. */
    static final int MAX_BYTES = 512;

    private final Maker<V> maker;
    /** Half of it stays free, so that a search soon ends. */
    private final Kind<?>[] table = new Kind<?>[2 * MOST];

    private int size;

    private record Kind<V>(int hash, byte[] type, byte[] name, V value) {}

    EventKinds(Maker<V> maker) {
        this.maker = maker;
    }

    /** What is remembered of events of that type and name. */
    V of(Envelope event) {
        byte[] bytes = event.bytes();
        int typeFrom = event.start(Field.TYPE);
        int typeTo = event.end(Field.TYPE);
        boolean named = event.has(Field.EVENT);
        int nameFrom = named ? event.start(Field.EVENT) : 0;
        int nameTo = named ? event.end(Field.EVENT) : 0;
        if (typeTo - typeFrom + nameTo - nameFrom > MAX_BYTES) {
            return maker.make(event);
        }
        int hash = hash(bytes, nameFrom, nameTo, hash(bytes, typeFrom, typeTo, named ? 1 : 2));
        hash ^= hash >>> 15;
        int at = hash & table.length - 1;
        while (table[at] != null) {
            @SuppressWarnings("unchecked")
            Kind<V> kind = (Kind<V>) table[at];
            if (kind.hash == hash
                    && named == (kind.name != null)
                    && Arrays.equals(kind.type, 0, kind.type.length, bytes, typeFrom, typeTo)
                    && (!named || Arrays.equals(kind.name, 0, kind.name.length, bytes, nameFrom, nameTo))) {
                return kind.value;
            }
            at = at + 1 & table.length - 1;
        }
        V value = maker.make(event);
        if (size == MOST) {
            Arrays.fill(table, null);
            size = 0;
            at = hash & table.length - 1;
        }
        table[at] = new Kind<>(
                hash,
                Arrays.copyOfRange(bytes, typeFrom, typeTo),
                named ? Arrays.copyOfRange(bytes, nameFrom, nameTo) : null,
                value);
        size++;
        return value;
    }

    private static int hash(byte[] bytes, int from, int to, int seed) {
        int hash = seed;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + bytes[i];
        }
        return hash * 0x9E3779B1;
    }
}
