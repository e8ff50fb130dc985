package dev.millrace.runtime.binary;

import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.Message;
import dev.millrace.runtime.kafka.RawEvent;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The types that have a serializer of their own. */
public final class BinaryType<T> extends TypeInformation<T> {
    public static final TypeInformation<RawEvent> RAW_EVENT =
            new BinaryType<>(RawEvent.class, RawEventSerializer.INSTANCE);
    public static final TypeInformation<Arrival> ARRIVAL = new BinaryType<>(Arrival.class, ArrivalSerializer.INSTANCE);
    public static final TypeInformation<Message> MESSAGE = new BinaryType<>(Message.class, MessageSerializer.INSTANCE);
    public static final TypeInformation<Decision> DECISION =
            new BinaryType<>(Decision.class, DecisionSerializer.INSTANCE);
    public static final TypeInformation<Actor> ACTOR = new BinaryType<>(Actor.class, ActorSerializer.INSTANCE);

    private final Class<T> type;
    private final TypeSerializer<T> serializer;

    private BinaryType(Class<T> type, TypeSerializer<T> serializer) {
        this.type = type;
        this.serializer = serializer;
    }

    @Override
    public boolean isBasicType() {
        return false;
    }

    @Override
    public boolean isTupleType() {
        return false;
    }

    @Override
    public int getArity() {
        return 1;
    }

    @Override
    public int getTotalFields() {
        return 1;
    }

    @Override
    public Class<T> getTypeClass() {
        return type;
    }

    @Override
    public boolean isKeyType() {
        return false;
    }

    @Override
    public TypeSerializer<T> createSerializer(SerializerConfig config) {
        return serializer.duplicate();
    }

    @Override
    public String toString() {
        return type.getSimpleName();
    }

    @Override
    public boolean equals(Object that) {
        return that instanceof BinaryType<?> other && other.type == type;
    }

    @Override
    public int hashCode() {
        return Objects.hashCode(type);
    }

    @Override
    public boolean canEqual(Object that) {
        return that instanceof BinaryType<?>;
    }
}
