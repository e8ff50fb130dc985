package dev.millrace.core.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.millrace.core.catalogue.Metric;
import dev.millrace.core.catalogue.WindowSize;
import dev.millrace.core.catalogue.WindowSize.Window;
import dev.millrace.core.metric.ProfileChange.Scope;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProfileFormTest {
    private static final long DAY = 86_400_000;

    /** As state has it that was written when a profile did not say by which metrics it was counted as new. */
    @Test
    void aProfileOfTheFirstFormIsNewWhereverSomebodyIs() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(1);
        out.writeInt(1);
        out.writeLong(77);
        out.writeLong(5 * DAY);
        out.writeInt(0);
        out.writeLong(Long.MIN_VALUE);
        out.writeBoolean(false);
        out.writeLong(5 * DAY);
        out.writeLong(20 * DAY);
        Profile profile = read(bytes);
        assertThat(profile.firstSeen).containsExactly(5 * DAY);
        assertThat(profile.wakeAtMillis()).isEqualTo(20 * DAY);

        ByteArrayOutputStream again = new ByteArrayOutputStream();
        MetricCodec.write(profile, new DataOutputStream(again));
        assertThat(left(read(again))).containsExactly("new " + 5 * DAY + " -1");
    }

    private static Profile read(ByteArrayOutputStream bytes) throws IOException {
        return MetricCodec.readProfile(new DataInputStream(new ByteArrayInputStream(bytes.toByteArray())), new Texts());
    }

    /** What is taken back as the leaf leaves it. */
    private static List<String> left(Profile profile) throws IOException {
        var metrics =
                new ObjectMapper().readTree("[{\"name\":\"new\",\"aggregate\":\"new_profiles\",\"windows\":[\"1d\"]}]");
        Measuring rules =
                new Measuring(InMemory.catalogue(metrics, null, ZoneOffset.UTC).catalogue(), 7 * DAY, DAY, 10, 10, DAY);
        List<String> added = new ArrayList<>();
        profile.apply(
                new ProfileChange("p", 77, Measuring.EVER, ProfileChange.UNKNOWN, Scope.LEFT, 0, List.of(), List.of()),
                Measuring.EVER,
                rules,
                new InMemory.DaysInMemory(),
                new Profile.Output() {
                    @Override
                    public void add(Metric metric, WindowSize size, Window window, String dimensions, long[] amounts) {
                        added.add(metric.name() + ' ' + window.startMillis() + ' ' + amounts[0]);
                    }

                    @Override
                    public void session(Fragment session) {
                        throw new AssertionError(session);
                    }

                    @Override
                    public void noSession(long startMillis) {
                        throw new AssertionError(startMillis);
                    }
                });
        return added;
    }
}
