package dev.millrace.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.operators.Output;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.OutputTag;

/** Gives each record on as it is once it has been over the network; watermarks go nowhere. */
public final class Catching<T> implements Output<StreamRecord<T>> {
    private final TypeSerializer<T> serializer;
    private final Consumer<T> to;
    private final Map<OutputTag<?>, Consumer<?>> sides = new HashMap<>();
    private final Map<OutputTag<?>, TypeSerializer<?>> serializers = new HashMap<>();

    public Catching(TypeInformation<T> type, Consumer<T> to) {
        this.serializer = type.createSerializer(new SerializerConfigImpl());
        this.to = to;
    }

    /** Gives on what comes out at a side; what nobody asks for is left. */
    public <X> Catching<T> side(OutputTag<X> tag, Consumer<X> toOther) {
        sides.put(tag, toOther);
        serializers.put(tag, tag.getTypeInfo().createSerializer(new SerializerConfigImpl()));
        return this;
    }

    @Override
    public void collect(StreamRecord<T> element) {
        to.accept(sent(element.getValue(), serializer));
    }

    @Override
    @SuppressWarnings("unchecked") // What side() put together.
    public <X> void collect(OutputTag<X> tag, StreamRecord<X> element) {
        Consumer<X> toOther = (Consumer<X>) sides.get(tag);
        if (toOther != null) {
            toOther.accept(sent(element.getValue(), (TypeSerializer<X>) serializers.get(tag)));
        }
    }

    private static <X> X sent(X value, TypeSerializer<X> by) {
        try {
            DataOutputSerializer out = new DataOutputSerializer(256);
            by.serialize(value, out);
            return by.deserialize(new DataInputDeserializer(out.getSharedBuffer(), 0, out.length()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void emitWatermark(Watermark mark) {}

    @Override
    public void emitWatermarkStatus(WatermarkStatus status) {}

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {}

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {}

    @Override
    public void emitWatermark(WatermarkEvent watermark) {}

    @Override
    public void close() {}
}
