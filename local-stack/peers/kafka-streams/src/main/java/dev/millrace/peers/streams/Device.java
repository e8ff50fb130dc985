package dev.millrace.peers.streams;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/**
 * What is known of a device.
 *
 * @param owner first user seen on it, by when the events happened; "" where there was none
 * @param sinceMillis when that was; {@link Long#MAX_VALUE} where there was none
 * @param hours in which somebody used it who was not logged in, as the milliseconds of their start
 */
record Device(String owner, long sinceMillis, TreeSet<Long> hours) {
    static Device unknown() {
        return new Device("", Long.MAX_VALUE, new TreeSet<>());
    }

    boolean isOwned() {
        return !owner.isEmpty();
    }

    /** Whether this user was there before the owner. */
    boolean isEarlier(String user, long millis) {
        return millis < sinceMillis || millis == sinceMillis && user.compareTo(owner) < 0;
    }

    static Serde<Device> serde() {
        return Serdes.serdeFrom(
                (topic, device) -> device == null ? null : write(device),
                (topic, bytes) -> bytes == null ? null : read(bytes));
    }

    private static byte[] write(Device device) {
        byte[] owner = device.owner.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + owner.length + Long.BYTES * (1 + device.hours.size()));
        bytes.putInt(owner.length).put(owner).putLong(device.sinceMillis);
        device.hours.forEach(bytes::putLong);
        return bytes.array();
    }

    private static Device read(byte[] value) {
        ByteBuffer bytes = ByteBuffer.wrap(value);
        byte[] owner = new byte[bytes.getInt()];
        bytes.get(owner);
        long since = bytes.getLong();
        TreeSet<Long> hours = new TreeSet<>();
        while (bytes.hasRemaining()) {
            hours.add(bytes.getLong());
        }
        return new Device(new String(owner, StandardCharsets.UTF_8), since, hours);
    }
}
