package dev.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.verify.Windows.Window;
import java.time.Instant;
import java.time.ZoneId;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowsTest {
    @ParameterizedTest
    @CsvSource({
        "15m,UTC,2024-05-06T10:15:00Z,2024-05-06T10:15:00Z/2024-05-06T10:30:00Z",
        "1h,Asia/Kolkata,2024-05-06T10:29:00Z,2024-05-06T09:30:00Z/2024-05-06T10:30:00Z",
        "1d,Europe/Vienna,2024-05-06T22:00:00Z,2024-05-06T22:00:00Z/2024-05-07T22:00:00Z",
        // 23 and 25 hours; of six hours on the clock 5 and 7.
        "1d,Europe/Vienna,2024-03-31T12:00:00Z,2024-03-30T23:00:00Z/2024-03-31T22:00:00Z",
        "1d,Europe/Vienna,2024-10-27T12:00:00Z,2024-10-26T22:00:00Z/2024-10-27T23:00:00Z",
        "6h,Europe/Vienna,2024-03-31T03:59:00Z,2024-03-30T23:00:00Z/2024-03-31T04:00:00Z",
        "6h,Europe/Vienna,2024-10-27T04:59:00Z,2024-10-26T22:00:00Z/2024-10-27T05:00:00Z",
        // Two in the morning does not come; the hour that comes twice is two.
        "2h,Europe/Vienna,2024-03-31T01:30:00Z,2024-03-31T01:00:00Z/2024-03-31T02:00:00Z",
        "1h,Europe/Vienna,2024-10-27T00:30:00Z,2024-10-27T00:00:00Z/2024-10-27T01:00:00Z",
        "1h,Europe/Vienna,2024-10-27T01:30:00Z,2024-10-27T01:00:00Z/2024-10-27T02:00:00Z",
        "10m/5m,UTC,2024-05-06T00:00:00Z,2024-05-05T23:55:00Z/2024-05-06T00:05:00Z 2024-05-06T00:00:00Z/2024-05-06T00:10:00Z",
        // Always of two hours, whatever the clock does in between; of four on the clock three and five.
        "2h/1h,Europe/Vienna,2024-03-31T00:30:00Z,2024-03-30T23:00:00Z/2024-03-31T01:00:00Z 2024-03-31T00:00:00Z/2024-03-31T02:00:00Z",
        "4h/2h,Europe/Vienna,2024-03-31T01:30:00Z,2024-03-30T23:00:00Z/2024-03-31T02:00:00Z 2024-03-31T01:00:00Z/2024-03-31T04:00:00Z",
        "4h/2h,Europe/Vienna,2024-10-27T01:30:00Z,2024-10-26T22:00:00Z/2024-10-27T03:00:00Z 2024-10-27T00:00:00Z/2024-10-27T05:00:00Z",
        // 02:40 does not come, nor does 02:15; the quarter before what comes twice is cut there, and so is what is to
        // come.
        "80m,Europe/Vienna,2024-03-31T01:05:00Z,2024-03-31T01:00:00Z/2024-03-31T02:00:00Z",
        "45m,Europe/Vienna,2024-03-31T00:45:00Z,2024-03-31T00:30:00Z/2024-03-31T01:00:00Z",
        "45m,Europe/Vienna,2024-03-31T01:05:00Z,2024-03-31T01:00:00Z/2024-03-31T01:45:00Z",
        "45m,Europe/Vienna,2024-10-27T01:05:00Z,2024-10-27T01:00:00Z/2024-10-27T01:15:00Z",
        "1h/30m,Europe/Vienna,2024-10-27T01:00:00Z,2024-10-27T00:30:00Z/2024-10-27T01:30:00Z 2024-10-27T01:00:00Z/2024-10-27T02:00:00Z"
    })
    void aMinuteIsInTheseWindows(String size, String zone, Instant at, String expected) {
        Windows windows = new Windows(size, ZoneId.of(zone));

        assertThat(windows.of(at.getEpochSecond() / 60).stream()
                        .map(WindowsTest::text)
                        .collect(Collectors.joining(" ")))
                .isEqualTo(expected);
    }

    private static String text(Window window) {
        return Instant.ofEpochMilli(window.startMillis()) + "/" + Instant.ofEpochMilli(window.endMillis());
    }
}
