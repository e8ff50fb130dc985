package dev.millrace.core.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OracleWindowsTest {
    @ParameterizedTest
    @CsvSource({
        "1m,UTC,2024-05-06T10:00:59.999Z,2024-05-06T10:00:00Z/2024-05-06T10:01:00Z",
        "15m,UTC,2024-05-06T10:15:00Z,2024-05-06T10:15:00Z/2024-05-06T10:30:00Z",
        "1h,Asia/Kolkata,2024-05-06T10:29:59Z,2024-05-06T09:30:00Z/2024-05-06T10:30:00Z",
        "90m,UTC,2024-05-06T10:00:00Z,2024-05-06T09:00:00Z/2024-05-06T10:30:00Z",
        "1d,Europe/Vienna,2024-05-06T22:00:00Z,2024-05-06T22:00:00Z/2024-05-07T22:00:00Z",
        "1d,Europe/Vienna,2024-05-06T21:59:59.999Z,2024-05-05T22:00:00Z/2024-05-06T22:00:00Z",
        // 23 and 25 hours.
        "1d,Europe/Vienna,2024-03-31T12:00:00Z,2024-03-30T23:00:00Z/2024-03-31T22:00:00Z",
        "1d,Europe/Vienna,2024-10-27T12:00:00Z,2024-10-26T22:00:00Z/2024-10-27T23:00:00Z",
        "1d,America/New_York,2024-03-10T07:00:00Z,2024-03-10T05:00:00Z/2024-03-11T04:00:00Z",
        // From midnight to six on the local clock: 5 and 7 hours.
        "6h,Europe/Vienna,2024-03-31T03:59:00Z,2024-03-30T23:00:00Z/2024-03-31T04:00:00Z",
        "6h,Europe/Vienna,2024-10-27T04:59:00Z,2024-10-26T22:00:00Z/2024-10-27T05:00:00Z",
        // Two in the morning does not come: it is three at once.
        "2h,Europe/Vienna,2024-03-31T01:30:00Z,2024-03-31T01:00:00Z/2024-03-31T02:00:00Z",
        // The hour that comes twice.
        "1h,Europe/Vienna,2024-10-27T00:30:00Z,2024-10-27T00:00:00Z/2024-10-27T01:00:00Z",
        "1h,Europe/Vienna,2024-10-27T01:30:00Z,2024-10-27T01:00:00Z/2024-10-27T02:00:00Z",
        // Hopping, over midnight and over the change of the clock.
        "10m/5m,UTC,2024-05-06T00:00:00Z,2024-05-05T23:55:00Z/2024-05-06T00:05:00Z 2024-05-06T00:00:00Z/2024-05-06T00:10:00Z",
        "1h/30m,Europe/Vienna,2024-10-27T01:00:00Z,2024-10-27T00:30:00Z/2024-10-27T01:30:00Z 2024-10-27T01:00:00Z/2024-10-27T02:00:00Z"
    })
    void anInstantIsInTheseWindows(String text, String zone, Instant at, String windows) {
        StringBuilder found = new StringBuilder();
        for (OracleWindows.Window window :
                OracleWindows.of(text, ZoneId.of(zone)).containing(at.toEpochMilli())) {
            found.append(found.isEmpty() ? "" : " ")
                    .append(Instant.ofEpochMilli(window.startMillis()))
                    .append('/')
                    .append(Instant.ofEpochMilli(window.endMillis()));
        }
        assertThat(found).hasToString(windows);
    }
}
