package dev.millrace.runtime.postgres;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A value of a row in PostgreSQL's binary {@code COPY}: its length in bytes, and these. */
enum BinaryForm {
    TEXT {
        @Override
        void writeValue(Object value, DataOutputStream out) throws IOException {
            byte[] bytes = ((String) value).getBytes(StandardCharsets.UTF_8);
            out.writeInt(bytes.length);
            out.write(bytes);
        }
    },
    BIGINT {
        @Override
        void writeValue(Object value, DataOutputStream out) throws IOException {
            out.writeInt(Long.BYTES);
            out.writeLong((Long) value);
        }
    },
    INTEGER {
        @Override
        void writeValue(Object value, DataOutputStream out) throws IOException {
            out.writeInt(Integer.BYTES);
            out.writeInt((Integer) value);
        }
    },
    BOOLEAN {
        @Override
        void writeValue(Object value, DataOutputStream out) throws IOException {
            out.writeInt(1);
            out.writeBoolean((Boolean) value);
        }
    },
    /** JSON from its text: the form's version comes first. */
    JSON {
        @Override
        void writeValue(Object value, DataOutputStream out) throws IOException {
            byte[] bytes = ((String) value).getBytes(StandardCharsets.UTF_8);
            out.writeInt(1 + bytes.length);
            out.writeByte(JSON_VERSION);
            out.write(bytes);
        }
    },
    /** From milliseconds since the epoch, in microseconds since 2000. */
    TIMESTAMP {
        @Override
        boolean holds(Object value) {
            return value == null || Math.abs((Long) value / 1000) < MOST_SECONDS;
        }

        @Override
        void writeValue(Object value, DataOutputStream out) throws IOException {
            out.writeInt(Long.BYTES);
            out.writeLong(Math.multiplyExact((Long) value - MILLIS_TO_2000, 1000L));
        }
    };

    private static final long MILLIS_TO_2000 = 946_684_800_000L;
    private static final long MOST_SECONDS = Long.MAX_VALUE / 1_000_000 - MILLIS_TO_2000 / 1000;
    private static final int JSON_VERSION = 1;
    private static final int NULL = -1;

    /** Whether the value has this form; that PostgreSQL takes it is not said. */
    boolean holds(Object value) {
        return true;
    }

    abstract void writeValue(Object value, DataOutputStream out) throws IOException;

    void write(Object value, DataOutputStream out) throws IOException {
        if (value == null) {
            out.writeInt(NULL);
        } else {
            writeValue(value, out);
        }
    }
}
