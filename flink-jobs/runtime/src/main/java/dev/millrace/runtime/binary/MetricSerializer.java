package dev.millrace.runtime.binary;

import dev.millrace.core.metric.Day;
import dev.millrace.core.metric.Leaf;
import dev.millrace.core.metric.MetricCodec;
import dev.millrace.core.metric.Profile;
import dev.millrace.core.metric.ProfileChange;
import dev.millrace.core.metric.Texts;
import dev.millrace.core.metric.Total;
import dev.millrace.core.metric.TotalDelta;
import dev.millrace.core.metric.TotalKey;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What measuring keeps and passes on, in the form of {@link MetricCodec}. */
public final class MetricSerializer<T> extends Binary<T> {
    @FunctionalInterface
    private interface Writer<T> {
        void write(T value, DataOutput out) throws IOException;
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(DataInput in, Texts texts) throws IOException;
    }

    private record Form<T>(Writer<T> writer, Reader<T> reader, UnaryOperator<T> copy) {}

    /** Which value it is. Names are part of savepoints. */
    public enum Kind {
        LEAF(new Form<>(MetricCodec::write, MetricCodec::readLeaf, Leaf::copy)),
        PROFILE(new Form<>(MetricCodec::write, MetricCodec::readProfile, Profile::copy)),
        DAY(new Form<>(MetricCodec::write, MetricCodec::readDay, Day::copy)),
        TOTAL(new Form<>(MetricCodec::write, (in, texts) -> MetricCodec.readTotal(in), Total::copy)),
        PROFILE_CHANGE(new Form<ProfileChange>(MetricCodec::write, MetricCodec::readChange, null)),
        TOTAL_KEY(new Form<TotalKey>(MetricCodec::write, MetricCodec::readTotalKey, null)),
        TOTAL_DELTA(new Form<TotalDelta>(MetricCodec::write, MetricCodec::readDelta, null));

        private final Form<?> form;

        Kind(Form<?> form) {
            this.form = form;
        }
    }

    private final Kind kind;
    private transient Scratch scratch;
    private transient Texts texts;

    MetricSerializer(Kind kind) {
        this.kind = kind;
    }

    @SuppressWarnings("unchecked")
    private Form<T> form() {
        return (Form<T>) kind.form;
    }

    @Override
    public boolean isImmutableType() {
        return kind.form.copy() == null;
    }

    @Override
    public T copy(T from) {
        return isImmutableType() ? from : form().copy().apply(from);
    }

    @Override
    public TypeSerializer<T> duplicate() {
        return new MetricSerializer<>(kind); // With scratch and texts of its own.
    }

    @Override
    public void serialize(T value, DataOutputView target) throws IOException {
        if (scratch == null) {
            scratch = new Scratch();
        }
        scratch.write(view -> form().writer().write(value, view), target);
    }

    @Override
    public T deserialize(DataInputView source) throws IOException {
        if (texts == null) {
            texts = new Texts();
        }
        return form().reader().read(source, texts);
    }

    @Override
    public boolean equals(Object that) {
        return that instanceof MetricSerializer<?> other && other.kind == kind;
    }

    @Override
    public int hashCode() {
        return kind.name().hashCode();
    }

    @Override
    public TypeSerializerSnapshot<T> snapshotConfiguration() {
        return new Snapshot<>(kind);
    }

    /** For Flink to find the serializer by; the values themselves say which version of their form they have. */
    public static final class Snapshot<T> implements TypeSerializerSnapshot<T> {
        private Kind kind;

        public Snapshot() {}

        Snapshot(Kind kind) {
            this.kind = kind;
        }

        @Override
        public int getCurrentVersion() {
            return 1;
        }

        @Override
        public void writeSnapshot(DataOutputView out) throws IOException {
            out.writeUTF(kind.name());
        }

        @Override
        public void readSnapshot(int version, DataInputView in, ClassLoader classLoader) throws IOException {
            kind = Kind.valueOf(in.readUTF());
        }

        @Override
        public TypeSerializer<T> restoreSerializer() {
            return new MetricSerializer<>(kind);
        }

        @Override
        public TypeSerializerSchemaCompatibility<T> resolveSchemaCompatibility(TypeSerializerSnapshot<T> old) {
            return PackedSerializer.Snapshot.form(old) instanceof Snapshot<?> other && other.kind == kind
                    ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                    : TypeSerializerSchemaCompatibility.incompatible();
        }
    }
}
