package dev.millrace.runtime.kafka;

import dev.millrace.runtime.config.MillraceConfig.RawFormat;
import dev.millrace.runtime.config.MillraceConfig.RawTopic;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;

/** How the values of each raw topic are written. */
final class RawFormats implements Serializable {
    private final HashMap<String, RawFormat> formats = new HashMap<>();

    RawFormats(List<RawTopic> topics) {
        topics.forEach(topic -> formats.put(topic.name(), topic.format()));
    }

    RawFormat of(String topic) {
        RawFormat format = formats.get(topic);
        if (format == null) {
            throw new IllegalStateException("the job was reading topic " + topic + " at its checkpoint, but"
                    + " topics.raw no longer names it; put it back, or start the job without that checkpoint");
        }
        return format;
    }
}
