package dev.millrace.stack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcStatTest {
    @Test
    void timesAreFoundBehindANameThatHoldsAnything() {
        String line = "42 (post) gres: (x y) S 1 42 42 0 -1 4194560 8291 51 2 0 1101 220 3300 440 20 0 1 0 4711"
                + " 219000000 7200 18446744073709551615 1 1 0 0 0 0";
        assertThat(ProcStat.parse(line)).isEqualTo(new ProcStat(1_321, 3_740));
    }

    @Test
    void aLineOfTheStatusIsFoundByItsKey() {
        assertThat(ProcStat.kilobytes(
                        Stream.of("Name:\tjava", "VmPeak:\t 9000 kB", "VmHWM:\t  1234 kB", "VmRSS:\t   999 kB"),
                        "VmHWM"))
                .hasValue(1_234);
        assertThat(ProcStat.kilobytes(Stream.of("Name:\tkthreadd"), "VmHWM")).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void timeOfChildrenThatHaveEndedCounts() throws Exception {
        long before = own().childrenTicks();
        Process child = new ProcessBuilder("sh", "-c", "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done").start();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();

        ProcStat after = own();
        assertThat(after.childrenTicks()).isGreaterThan(before);
        assertThat(ProcStat.treeSeconds(ProcessHandle.current()))
                .isGreaterThanOrEqualTo((after.ownTicks() + after.childrenTicks()) / ProcStat.TICKS_A_SECOND);
    }

    private static ProcStat own() throws IOException {
        return ProcStat.parse(Files.readString(Path.of("/proc/self/stat")));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void thisProcessHasMemoryAndOneThatIsGoneHasNone() throws Exception {
        assertThat(ProcStat.residentBytes(ProcessHandle.current(), "VmRSS"))
                .isPositive()
                .isLessThanOrEqualTo(ProcStat.residentBytes(ProcessHandle.current(), "VmHWM"));
        Process child = new ProcessBuilder("true").start();
        child.waitFor();
        assertThat(ProcStat.residentBytes(child.toHandle(), "VmRSS")).isZero();
        assertThat(ProcStat.treeSeconds(child.toHandle())).isZero();
    }
}
