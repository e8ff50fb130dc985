package dev.millrace.core.event;

import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.EventPath.Member;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The paths into one JSON field of an event, and a search of its bytes that tells, in most events, that none of them can
 * lead anywhere: a path needs the names of all its members to occur. Only then is the JSON worth parsing.
 */
public final class PartSearch {
    /** So many names fit into a bit set; with more of them the search is left out. */
    private static final int MAX_NAMES = Long.SIZE;

    private final Field field;
    private final PathTree paths;
    /** As they follow an opening quote, with the closing one. */
    private final byte[][] names;
    /** For each path, the names it needs, as bits. */
    private final long[] needed;
    /** Those of the paths to values that must not leave. */
    private final long[] neededToHide;
    /** Whether a name can stand in JSON in so many ways that a search would miss it. */
    private final boolean unsearchable;

    /**
     * @param places paths into the field, by number
     * @param hashed whether what the path of that number leads to must not leave
     */
    public PartSearch(Field field, Map<Integer, EventPath> places, IntPredicate hashed) {
        this.field = field;
        List<PathTree.Rest> rests = new ArrayList<>();
        List<String> all = new ArrayList<>();
        List<Long> masks = new ArrayList<>();
        List<Long> masksToHide = new ArrayList<>();
        places.forEach((number, place) -> {
            rests.add(new PathTree.Rest(number, place.steps()));
            long mask = 0;
            for (EventPath.Step step : place.steps()) {
                if (step instanceof Member member) {
                    if (!all.contains(member.name())) {
                        all.add(member.name());
                    }
                    mask |= 1L << all.indexOf(member.name());
                }
            }
            masks.add(mask);
            if (hashed.test(number)) {
                masksToHide.add(mask);
            }
        });
        paths = PathTree.of(rests);
        names = all.stream()
                .map(name -> (name + '"').getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        needed = masks.stream().mapToLong(Long::longValue).toArray();
        neededToHide = masksToHide.stream().mapToLong(Long::longValue).toArray();
        unsearchable = all.size() > MAX_NAMES || all.stream().anyMatch(PartSearch::hasShortEscapes);
    }

    /** Whether JSON has other ways to write the name than as it is and by backslash-u. */
    private static boolean hasShortEscapes(String name) {
        return name.chars().anyMatch(c -> c == '"' || c == '\\' || c == '/' || c < ' ');
    }

    /** The field that the paths lead into. */
    public Field field() {
        return field;
    }

    /** The paths, by their numbers. */
    public PathTree paths() {
        return paths;
    }

    /** Whether a path leads to values that must not leave. */
    public boolean hides() {
        return neededToHide.length > 0;
    }

    /** Whether one of the paths may lead somewhere in this text, be it JSON or not. */
    public boolean mayFind(byte[] json, int from, int to) {
        return mayLead(needed, json, from, to);
    }

    /** Whether one of the paths to values that must not leave may. */
    public boolean mayHide(byte[] json, int from, int to) {
        return hides() && mayLead(neededToHide, json, from, to);
    }

    private boolean mayLead(long[] masks, byte[] json, int from, int to) {
        if (unsearchable) {
            return from < to;
        }
        long seen = 0;
        for (int i = from; i < to - 1; i++) {
            byte b = json[i];
            if (b == '"') {
                long hit = names(json, i + 1, to) & ~seen;
                if (hit != 0) {
                    seen |= hit;
                    if (complete(masks, seen)) {
                        return true;
                    }
                }
            } else if (b == '\\' && json[i + 1] == 'u') {
                return true; // Any character may stand behind it.
            }
        }
        return false;
    }

    /** The name that stands here, as a bit. */
    private long names(byte[] json, int at, int to) {
        byte first = json[at];
        for (int n = 0; n < names.length; n++) {
            byte[] name = names[n];
            if (name[0] == first && name.length <= to - at && equal(name, json, at)) {
                return 1L << n;
            }
        }
        return 0;
    }

    private static boolean equal(byte[] name, byte[] json, int at) {
        for (int i = 1; i < name.length; i++) {
            if (json[at + i] != name[i]) {
                return false;
            }
        }
        return true;
    }

    private static boolean complete(long[] masks, long seen) {
        for (long mask : masks) {
            if ((seen & mask) == mask) {
                return true;
            }
        }
        return false;
    }
}
