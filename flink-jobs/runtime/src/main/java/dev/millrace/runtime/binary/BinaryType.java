package dev.millrace.runtime.binary;

import dev.millrace.core.catalogue.Catalogue;
import dev.millrace.core.identity.Actor;
import dev.millrace.core.identity.Arrival;
import dev.millrace.core.identity.Decision;
import dev.millrace.core.identity.Message;
import dev.millrace.core.metric.Day;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.Observation;
import dev.millrace.core.metric.Profile;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.metric.Total;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.metric.TotalKey;
import dev.millrace.runtime.binary.MetricSerializer.Kind;
import dev.millrace.runtime.kafka.RawEvent;
import dev.millrace.runtime.kafka.StitchedRead;
import java.util.Objects;
import org.apache.flink.api.common.serialization.SerializerConfig;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;

/** The types that have a serializer of their own. */
public final class BinaryType<T> extends TypeInformation<T> {
    /** Keys that are texts. */
    public static final TypeInformation<String> TEXT = new BinaryType<>(String.class, TextSerializer.INSTANCE);

    public static final TypeInformation<RawEvent> RAW_EVENT =
            new BinaryType<>(RawEvent.class, RawEventSerializer.INSTANCE);
    public static final TypeInformation<Arrival> ARRIVAL = new BinaryType<>(Arrival.class, ArrivalSerializer.INSTANCE);
    public static final TypeInformation<Message> MESSAGE = new BinaryType<>(Message.class, MessageSerializer.INSTANCE);
    public static final TypeInformation<Decision> DECISION =
            new BinaryType<>(Decision.class, DecisionSerializer.INSTANCE);
    public static final TypeInformation<Actor> ACTOR = new BinaryType<>(Actor.class, ActorSerializer.INSTANCE);

    public static final TypeInformation<Leaf> LEAF = of(Leaf.class, Kind.LEAF);
    public static final TypeInformation<Profile> PROFILE = of(Profile.class, Kind.PROFILE);
    public static final TypeInformation<Day> DAY = of(Day.class, Kind.DAY);
    public static final TypeInformation<Total> TOTAL = of(Total.class, Kind.TOTAL);
    public static final TypeInformation<ProfileChange> PROFILE_CHANGE = of(ProfileChange.class, Kind.PROFILE_CHANGE);
    public static final TypeInformation<TotalKey> TOTAL_KEY = of(TotalKey.class, Kind.TOTAL_KEY);
    public static final TypeInformation<TotalDelta> TOTAL_DELTA = of(TotalDelta.class, Kind.TOTAL_DELTA);

    /** Observations by a catalogue. */
    public static TypeInformation<Observation> observation(Catalogue catalogue) {
        return new BinaryType<>(Observation.class, new ObservationSerializer(catalogue));
    }

    /** Records of {@code millrace.stitched}, read by a catalogue. */
    public static TypeInformation<StitchedRead> stitchedRead(Catalogue catalogue) {
        return new BinaryType<>(StitchedRead.class, new StitchedReadSerializer(catalogue));
    }

    private static <T> TypeInformation<T> of(Class<T> type, Kind kind) {
        return new BinaryType<>(type, new MetricSerializer<>(kind));
    }

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
        return type == TotalKey.class || type == String.class;
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
