package dev.millrace.peers.streams;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * From whom a device was used by (device -> user id, "" where nobody was logged in) to whom the hours belong that it was
 * used in by nobody known (person -> 1 or -1, in that hour). When a device turns out to be an earlier user's, its hours
 * are taken back from whom they were given to.
 */
final class AttributeDevices implements Processor<String, String, String, Long> {
    static final String STORE = "devices";
    private static final long HOUR_MILLIS = 3_600_000;

    private ProcessorContext<String, Long> context;
    private KeyValueStore<String, Device> devices;

    @Override
    public void init(ProcessorContext<String, Long> present) {
        context = present;
        devices = present.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, String> record) {
        String id = record.key();
        String user = record.value();
        long millis = record.timestamp();
        Device device = devices.get(id);
        if (device == null) {
            device = Device.unknown();
        }
        if (user.isEmpty()) {
            long hour = millis - millis % HOUR_MILLIS;
            if (device.hours().add(hour)) {
                device.hours()
                        .headSet(device.hours().last() - StreamsTopology.HORIZON.toMillis())
                        .clear();
                devices.put(id, device);
                forward(device.isOwned() ? device.owner() : id, hour, 1);
            }
        } else if (device.isEarlier(user, millis)) {
            Device moved = new Device(user, millis, device.hours());
            devices.put(id, moved);
            String before = device.isOwned() ? device.owner() : id;
            if (!user.equals(before)) {
                for (long hour : device.hours()) {
                    forward(before, hour, -1);
                    forward(user, hour, 1);
                }
            }
        }
    }

    private void forward(String person, long hour, long change) {
        context.forward(new Record<>(person, change, hour));
    }
}
