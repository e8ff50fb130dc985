package dev.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.millrace.core.event.Event;
import dev.millrace.runtime.config.MillraceConfig;
import dev.millrace.verify.ColdFiles.Record;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which records are copies, within a dedupe window of a day. */
class CopiesTest {
    private static final Instant BEGIN = Instant.parse("2024-05-06T10:00:00Z");

    @TempDir
    private Path directory;

    private final List<Record> records = new ArrayList<>();

    @Test
    void aMessageIsForgottenOnceItsLeafIsADayOn() throws Exception {
        add("phone", "a", "0h", "0h");
        add("phone", "b", "24h", "24h");
        int copy = add("phone", "a", "0h", "24h1s");
        add("phone", "c", "25h", "25h");
        int forgotten = add("phone", "a", "0h", "25h1s");
        int again = add("phone", "a", "0h", "26h");
        assertThat(copies()).contains(copy, again).doesNotContain(forgotten);
    }

    /** A phone that was offline for two days, and got no answer the first time. */
    @Test
    void copiesOfWhatCameLateAreLateToo() throws Exception {
        for (int hour = 0; hour < 100; hour++) {
            add("others", "m" + hour, hour + "h", hour + "h");
        }
        int late = add("phone", "a", "1h", "100h");
        add("phone", "b", "100h", "100h1s");
        int copy = add("phone", "a", "1h", "100h5s");
        int copyOfB = add("phone", "b", "100h", "100h6s");
        for (int hour = 101; hour < 130; hour++) {
            add("others", "m" + hour, hour + "h", hour + "h");
        }
        add("phone", "c", "130h", "130h");
        int afterADay = add("phone", "a", "1h", "130h1s");

        assertThat(copies()).containsExactly(copy, copyOfB).doesNotContain(late, afterADay);
    }

    @Test
    void aPartitionThatIsFarBehindHoldsEventTimeBackAndASilentOneDoesNot() throws Exception {
        add("others", "m0", "0h", "0h");
        add(1, "others", "behind", "2h", "99h59m50s");
        add("others", "m100", "100h", "100h");
        int late = add("phone", "a", "1h", "100h1s");
        add("phone", "b", "100h", "100h2s");
        int forgotten = add("phone", "a", "1h", "100h3s");
        add("others", "m101", "101h", "101h");
        add("others", "m102", "102h", "102h");
        int lateAgain = add("phone", "x", "1h", "102h1s");
        int copy = add("phone", "x", "1h", "102h3s");

        assertThat(copies()).containsExactly(copy).doesNotContain(late, forgotten, lateAgain);
    }

    private int add(String device, String message, String happened, String arrived) {
        return add(0, device, message, happened, arrived);
    }

    private int add(int partition, String device, String message, String happened, String arrived) {
        long time = BEGIN.plus(Duration.parse("PT" + happened)).toEpochMilli();
        long came = BEGIN.plus(Duration.parse("PT" + arrived)).toEpochMilli();
        Event event = new Event(
                message, "track", "Seen", null, device, null, null, "web", time, null, came, null, null, null, null);
        records.add(new Record(partition, records.size(), came, event));
        return records.size() - 1;
    }

    /** Offsets. */
    private List<Integer> copies() throws Exception {
        Path root = directory.resolve("cold");
        ColdFiles.write(root, records);
        MillraceConfig config =
                Configurations.of(directory, root, JsonNodeFactory.instance.objectNode(), "jdbc:postgresql:none");
        List<Integer> copies = new ArrayList<>();
        try (Warehouse warehouse = Warehouse.open(directory, 200L << 20)) {
            Recording recording = new Recording(
                    warehouse,
                    new EventReading(config.requireIdentity()),
                    config.requireIdentity().types(),
                    3_600_000,
                    List.of(),
                    null,
                    null,
                    new Dimensions(warehouse),
                    line -> {});
            recording.record(new ColdStorage(config.requireMirror().root()));
            new Copies(warehouse, config.stitch(), new Findings(warehouse, VerifyOptions.of(config, directory))).drop();
            warehouse.each(
                    "select off from raw join dup using (no) order by off",
                    row -> copies.add(Math.toIntExact(row.getLong(1))));
        }
        return copies;
    }
}
