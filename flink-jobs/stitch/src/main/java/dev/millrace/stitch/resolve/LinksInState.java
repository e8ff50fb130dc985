package dev.millrace.stitch.resolve;

import dev.millrace.core.identity.MoreLinks;
import java.util.Map;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.util.FlinkRuntimeException;

/** The current key's further links, an entry each. */
final class LinksInState implements MoreLinks {
    private final MapState<String, Long> links;

    LinksInState(MapState<String, Long> links) {
        this.links = links;
    }

    @Override
    public long timeMillis(String other) {
        try {
            Long timeMillis = links.get(other);
            return timeMillis == null ? NONE : timeMillis;
        } catch (Exception e) {
            throw unreadable(e);
        }
    }

    @Override
    public void put(String other, long timeMillis) {
        try {
            links.put(other, timeMillis);
        } catch (Exception e) {
            throw unreadable(e);
        }
    }

    @Override
    public void forEach(Each each) {
        try {
            for (Map.Entry<String, Long> link : links.entries()) {
                each.accept(link.getKey(), link.getValue());
            }
        } catch (Exception e) {
            throw unreadable(e);
        }
    }

    private static FlinkRuntimeException unreadable(Exception e) {
        return new FlinkRuntimeException("the state backend failed at the links of an identifier", e);
    }
}
