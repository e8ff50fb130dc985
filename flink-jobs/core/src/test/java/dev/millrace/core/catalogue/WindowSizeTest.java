package dev.millrace.core.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.millrace.core.catalogue.WindowSize.Window;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowSizeTest {
    private static final ZoneId VIENNA = ZoneId.of("Europe/Vienna");

    @ParameterizedTest
    @CsvSource({
        "1m,2024-05-06T07:08:00Z,2024-05-06T07:09:00Z",
        "5m,2024-05-06T07:05:00Z,2024-05-06T07:10:00Z",
        "90m,2024-05-06T06:00:00Z,2024-05-06T07:30:00Z",
        "1h,2024-05-06T07:00:00Z,2024-05-06T08:00:00Z",
        "6h,2024-05-06T06:00:00Z,2024-05-06T12:00:00Z",
        "12h,2024-05-06T00:00:00Z,2024-05-06T12:00:00Z",
        "24h,2024-05-06T00:00:00Z,2024-05-07T00:00:00Z",
        "1d,2024-05-06T00:00:00Z,2024-05-07T00:00:00Z"
    })
    void windowsDivideTheDay(String text, Instant start, Instant end) {
        assertThat(window(text, ZoneOffset.UTC, Instant.parse("2024-05-06T07:08:09.010Z")))
                .isEqualTo(new Window(start.toEpochMilli(), end.toEpochMilli()));
        assertThat(window(text, ZoneId.of("UTC"), Instant.parse("2024-05-06T07:08:09.010Z")))
                .isEqualTo(new Window(start.toEpochMilli(), end.toEpochMilli()));
    }

    @Test
    void aWindowHasItsStartAndNotItsEnd() {
        WindowSize hour = WindowSize.parse("1h", ZoneOffset.UTC);
        assertThat(hour.at(3_600_000)).isEqualTo(new Window(3_600_000, 7_200_000));
        assertThat(hour.at(7_199_999)).isEqualTo(new Window(3_600_000, 7_200_000));
        assertThat(hour.at(7_200_000)).isEqualTo(new Window(7_200_000, 10_800_000));
    }

    @Test
    void windowsBefore1970AreAlignedLikeOthers() {
        assertThat(WindowSize.parse("1m", ZoneOffset.UTC).at(-1)).isEqualTo(new Window(-60_000, 0));
        assertThat(WindowSize.parse("1d", ZoneOffset.UTC).at(-1)).isEqualTo(new Window(-86_400_000, 0));
        assertThat(window("1d", VIENNA, Instant.parse("1969-12-31T23:30:00Z")))
                .isEqualTo(local(VIENNA, "1970-01-01T00:00", "1970-01-02T00:00"));
    }

    @Test
    void aDayRunsFromMidnightToMidnightOfItsZone() {
        assertThat(window("1d", VIENNA, Instant.parse("2024-05-06T22:30:00Z")))
                .isEqualTo(local(VIENNA, "2024-05-07T00:00", "2024-05-08T00:00"));
        ZoneId kathmandu = ZoneId.of("Asia/Kathmandu");
        assertThat(window("1d", kathmandu, Instant.parse("2024-05-06T18:14:59Z")))
                .isEqualTo(local(kathmandu, "2024-05-06T00:00", "2024-05-07T00:00"));
        assertThat(window("1h", kathmandu, Instant.parse("2024-05-06T18:15:00Z")))
                .isEqualTo(local(kathmandu, "2024-05-07T00:00", "2024-05-07T01:00"));
    }

    @ParameterizedTest
    @CsvSource({"2024-03-30,24", "2024-03-31,23", "2024-04-01,24", "2024-10-26,24", "2024-10-27,25", "2024-10-28,24"})
    void aDayOnWhichTheClockChangesIsAnHourShorterOrLonger(String date, long hours) {
        for (String time : List.of("T00:00", "T01:59", "T03:00", "T12:00", "T23:59:59.999")) {
            Instant instant = LocalDateTime.parse(date + time).atZone(VIENNA).toInstant();
            Window day = window("1d", VIENNA, instant);
            assertThat(Instant.ofEpochMilli(day.startMillis()))
                    .isEqualTo(
                            LocalDateTime.parse(date + "T00:00").atZone(VIENNA).toInstant());
            assertThat(Duration.ofMillis(day.endMillis() - day.startMillis())).hasHours(hours);
        }
    }

    @Test
    void theHourThatComesTwiceIsTwoWindows() {
        Window first = window("1h", VIENNA, Instant.parse("2024-10-27T00:30:00Z"));
        Window second = window("1h", VIENNA, Instant.parse("2024-10-27T01:30:00Z"));
        assertThat(first.endMillis()).isEqualTo(second.startMillis());
        assertThat(second.endMillis() - first.startMillis()).isEqualTo(7_200_000);
    }

    @Test
    void aPartOfADayThatTheClockChangesInIsShorterOrLonger() {
        assertThat(window("6h", VIENNA, Instant.parse("2024-10-27T03:00:00Z")))
                .isEqualTo(local(VIENNA, "2024-10-27T00:00", "2024-10-27T06:00"));
        assertThat(window("6h", VIENNA, Instant.parse("2024-03-31T03:00:00Z")))
                .isEqualTo(local(VIENNA, "2024-03-31T00:00", "2024-03-31T06:00"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "Europe/Vienna",
                "America/New_York",
                "America/Havana",
                "America/Sao_Paulo",
                "Asia/Kathmandu",
                "Asia/Beirut",
                "Pacific/Apia",
                "Africa/Casablanca",
                "Australia/Lord_Howe",
                "Antarctica/Troll",
                "+05:30"
            })
    void windowsOfAZoneFollowEachOtherWithoutGapOrOverlap(String name) {
        ZoneId zone = ZoneId.of(name).normalized();
        long seed = 11;
        Random random = new Random(seed);
        for (String text :
                List.of("1m", "15m", "1h", "90m", "2h", "144m", "3h", "4h", "6h", "8h", "12h", "24h", "1d")) {
            WindowSize size = WindowSize.parse(text, zone);
            for (int i = 0; i < 500; i++) {
                long from = Instant.parse("2005-01-01T00:00:00Z").toEpochMilli();
                long millis = from
                        + (long)
                                (random.nextDouble() * Duration.ofDays(365 * 25).toMillis());
                if (i % 2 == 0) {
                    // Near a change of the clock.
                    var change = zone.getRules().nextTransition(Instant.ofEpochMilli(millis));
                    if (change != null) {
                        millis = change.getInstant().toEpochMilli() + random.nextInt(100_000_000) - 50_000_000;
                    }
                }
                String at = "seed " + seed + ": " + text + " in " + name + " at " + Instant.ofEpochMilli(millis);
                Window window = size.at(millis);
                assertThat(window.startMillis()).as(at).isLessThanOrEqualTo(millis);
                assertThat(window.endMillis()).as(at).isGreaterThan(millis);
                assertThat(size.at(window.startMillis())).as(at).isEqualTo(window);
                assertThat(size.at(window.endMillis() - 1)).as(at).isEqualTo(window);
                assertThat(size.at(window.endMillis()).startMillis()).as(at).isEqualTo(window.endMillis());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "m",
                "1",
                "1 m",
                " 1m",
                "1M",
                "1s",
                "1w",
                "-1m",
                "0m",
                "01m",
                "1.5h",
                "10000m",
                "1h/",
                "/1h",
                "1h/1s",
                "1h/1m/1m"
            })
    void textThatIsNoWindowIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WindowSize.parse(text, ZoneOffset.UTC))
                .withMessageContaining("window '" + text + "' is not a number and m, h or d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"7m", "5h", "25h", "48h", "2d", "7d", "1441m"})
    void aWindowThatDoesNotDivideADayIsRefused(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WindowSize.parse(text, ZoneOffset.UTC))
                .withMessageContaining("window '" + text + "' does not divide a day evenly");
    }

    @ParameterizedTest
    @CsvSource({
        "5m/5m,begins at intervals that do not divide",
        "1m/1h,begins at intervals that do not divide",
        "1h/25m,begins at intervals that do not divide",
        "7h/1h,does not divide a day evenly",
        "2d/1h,does not divide a day evenly",
        "1d/15m,overlaps with more than 64 others",
        "2h/1m,overlaps with more than 64 others"
    })
    void aHoppingWindowThatCantBeIsRefused(String text, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WindowSize.parse(text, ZoneOffset.UTC))
                .withMessageStartingWith("window '" + text + "' ")
                .withMessageContaining(sentence);
    }

    @Test
    void aTimeLiesInEachHoppingWindowThatHasItsMinute() {
        WindowSize size = WindowSize.parse("5m/1m", ZoneOffset.UTC);
        long minute = Instant.parse("2024-05-06T07:08:00Z").toEpochMilli();
        assertThat(size.isTumbling()).isFalse();
        assertThat(size.hops()).isEqualTo(5);
        for (long millis : new long[] {minute, minute + 1, minute + 59_999}) {
            assertThat(size.covering(millis))
                    .containsExactly(
                            new Window(minute - 240_000, minute + 60_000),
                            new Window(minute - 180_000, minute + 120_000),
                            new Window(minute - 120_000, minute + 180_000),
                            new Window(minute - 60_000, minute + 240_000),
                            new Window(minute, minute + 300_000));
            assertThat(size.at(millis)).isEqualTo(new Window(minute, minute + 300_000));
        }
        assertThat(size.covering(-1)).hasSize(5).endsWith(new Window(-60_000, 240_000));
    }

    @Test
    void aTumblingWindowIsTheOnlyOneOfItsMinute() {
        WindowSize size = WindowSize.parse("1d", VIENNA);
        long millis = Instant.parse("2024-10-27T03:00:59.999Z").toEpochMilli();
        assertThat(size.isTumbling()).isTrue();
        assertThat(size.hops()).isEqualTo(1);
        assertThat(size.covering(millis)).containsExactly(size.at(millis));
    }

    @Test
    void hoppingWindowsOfADayAreCalendarDaysIfTheHopsAreLongerThanAnHour() {
        long millis = Instant.parse("2024-10-27T10:00:00Z").toEpochMilli();
        assertThat(WindowSize.parse("1d/12h", VIENNA).covering(millis))
                .containsExactly(
                        local(VIENNA, "2024-10-26T12:00", "2024-10-27T12:00"),
                        local(VIENNA, "2024-10-27T00:00", "2024-10-28T00:00"));
        assertThat(WindowSize.parse("1d/1h", VIENNA).covering(millis))
                .hasSize(24)
                .allMatch(window -> window.endMillis() - window.startMillis() == 86_400_000)
                .contains(local(VIENNA, "2024-10-27T00:00", "2024-10-27T23:00"));
    }

    @Test
    void anHourInWhichTheClockChangesByHalfAnHourIsCutThere() {
        ZoneId lordHowe = ZoneId.of("Australia/Lord_Howe");
        // At 02:00 the clock goes on to 02:30.
        long change = Instant.parse("2024-10-05T15:30:00Z").toEpochMilli();
        WindowSize hour = WindowSize.parse("1h", lordHowe);
        assertThat(hour.at(change - 1)).isEqualTo(new Window(change - 3_600_000, change));
        assertThat(hour.at(change)).isEqualTo(new Window(change, change + 1_800_000));
        assertThat(hour.at(change + 1_800_000)).isEqualTo(new Window(change + 1_800_000, change + 5_400_000));
    }

    @ParameterizedTest
    @CsvSource({
        "1d,UTC,24h",
        "1d,+05:30,24h",
        "1d,Asia/Kathmandu,24h",
        "1d,Europe/Vienna,25h",
        "6h,America/New_York,7h",
        "1d/6h,Europe/Vienna,25h",
        "1d/1h,Europe/Vienna,24h",
        "1h,Europe/Vienna,1h",
        "1d,Antarctica/Troll,26h"
    })
    void theLongestWindowHoldsTheHoursThatComeTwice(String text, String zone, String longest) {
        assertThat(WindowSize.parse(text, ZoneId.of(zone)).longestMillis())
                .isEqualTo(Duration.parse("PT" + longest).toMillis());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UTC",
                "Europe/Vienna",
                "America/Havana",
                "Asia/Kathmandu",
                "Asia/Beirut",
                "Pacific/Apia",
                "Africa/Casablanca",
                "Australia/Lord_Howe",
                "Antarctica/Troll",
                "+05:30"
            })
    void aMinuteLiesInThoseWindowsThatAWalkThroughAllOfThemFinds(String name) {
        ZoneId zone = ZoneId.of(name).normalized();
        long seed = 5;
        Random random = new Random(seed);
        for (String text :
                List.of("5m/1m", "20m/5m", "1h/15m", "1h/20m", "2h/1h", "6h/30m", "1d/1h", "1d/2h", "1d/6h")) {
            WindowSize size = WindowSize.parse(text, zone);
            WindowSize hop = WindowSize.parse(text.substring(text.indexOf('/') + 1), zone);
            for (int i = 0; i < 60; i++) {
                long millis = Instant.parse("2005-01-01T00:00:00Z").toEpochMilli()
                        + (long)
                                (random.nextDouble() * Duration.ofDays(365 * 25).toMillis());
                var change = zone.getRules().nextTransition(Instant.ofEpochMilli(millis));
                if (i % 4 != 0 && change != null) {
                    millis = change.getInstant().toEpochMilli() + random.nextInt(200_000_000) - 100_000_000;
                }
                assertThat(size.covering(millis))
                        .as("seed %d: %s in %s at %s", seed, text, name, Instant.ofEpochMilli(millis))
                        .isEqualTo(walked(size, hop, millis))
                        .hasSize(size.hops())
                        .allMatch(window -> window.endMillis() - window.startMillis() <= size.longestMillis())
                        .endsWith(size.at(millis));
            }
        }
    }

    /** Goes through all hops around a time, from one boundary to the next. */
    private static List<Window> walked(WindowSize size, WindowSize hop, long millis) {
        List<Long> boundaries = new ArrayList<>();
        for (long at = millis - 4 * 86_400_000L;
                at < millis + 4 * 86_400_000L;
                at = hop.at(at).endMillis()) {
            boundaries.add(hop.at(at).startMillis());
        }
        List<Window> windows = new ArrayList<>();
        for (int i = 0; i + size.hops() < boundaries.size(); i++) {
            Window window = new Window(boundaries.get(i), boundaries.get(i + size.hops()));
            if (window.startMillis() <= millis && millis < window.endMillis()) {
                windows.add(window);
            }
        }
        return windows;
    }

    @Test
    void aSizeIsAValueThatCanBeSent() throws Exception {
        WindowSize size = WindowSize.parse("1d/1h", VIENNA);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(size);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(size).isNotEqualTo(WindowSize.parse("1d", VIENNA));
        }
    }

    private static Window window(String text, ZoneId zone, Instant at) {
        return WindowSize.parse(text, zone).at(at.toEpochMilli());
    }

    private static Window local(ZoneId zone, String start, String end) {
        return new Window(
                LocalDateTime.parse(start).atZone(zone).toInstant().toEpochMilli(),
                LocalDateTime.parse(end).atZone(zone).toInstant().toEpochMilli());
    }
}
