package dev.millrace.setup;

import dev.millrace.runtime.config.ConfigFile;
import dev.millrace.runtime.config.Durations;
import dev.millrace.runtime.config.MillraceConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.TypeConversionException;

/** {@code millrace-setup retention}. */
@Command(
        name = "retention",
        mixinStandardHelpOptions = true,
        description = {
            "Drops what has expired from the serving store, by measure.retention and measure.journeys of the configuration.",
            "Time is counted back from the newest row, or from event time where that is behind it, so that history"
                    + " that was loaded stays."
        })
final class RetentionCommand implements Callable<Integer> {
    private static final Duration END_AT_MOST = Duration.ofSeconds(20);

    @ParentCommand
    private Setup setup;

    @Option(
            names = "--every",
            paramLabel = "TIME",
            converter = PeriodConverter.class,
            description = "stay, and do it again after this time: 10m, 1h; left out: once")
    private Duration every;

    @Override
    public Integer call() throws InterruptedException {
        MillraceConfig config = ConfigFile.load(setup.configFile());
        Retention.Limits limits = Retention.Limits.of(config.measure());
        if (every == null) {
            if (!new Retention(config.requireStore(), limits, System.out::println).once()) {
                System.out.println("nothing has expired");
            }
            return ExitCode.OK;
        }
        Consumer<String> log = line -> System.out.println(Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line);
        Keeper keeper = new Keeper(new Retention(config.requireStore(), limits, log), every, log);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> keeper.end(END_AT_MOST), "end of the keeper"));
        log.accept("keeps " + text(limits.metrics()) + " of metrics, " + text(limits.sessions()) + " of sessions, "
                + text(limits.journeys()) + " and " + limits.journeyEvents() + " events an identifier of journeys");
        keeper.run();
        return ExitCode.OK;
    }

    private static String text(Duration time) {
        if (time.equals(Duration.ofDays(time.toDays()))) {
            return time.toDays() + "d";
        }
        return time.equals(Duration.ofHours(time.toHours())) ? time.toHours() + "h" : time.toSeconds() + "s";
    }

    static final class PeriodConverter implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            Duration period;
            try {
                period = Durations.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
            if (period.isZero()) {
                throw new TypeConversionException("'" + text + "' is no pause; use 10m or 1h");
            }
            return period;
        }
    }
}
