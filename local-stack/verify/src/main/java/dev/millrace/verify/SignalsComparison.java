package dev.millrace.verify;

import dev.millrace.core.catalogue.DimensionDefinition;
import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.catalogue.Signal;
import dev.millrace.verify.VerifyReport.Comparison;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compares metrics of signals, which tell what became of records, with how many records there are. */
final class SignalsComparison {
    private final Warehouse warehouse;
    private final VerifyOptions options;
    private final Recording recording;
    private final Findings findings;

    SignalsComparison(Warehouse warehouse, VerifyOptions options, Recording recording, Findings findings) {
        this.warehouse = warehouse;
        this.options = options;
        this.recording = recording;
        this.findings = findings;
    }

    /**
     * Each record came to one thing: was counted, a copy, rejected or too old. By when they arrived at MeasureJob, which
     * cold storage does not know, so that only sums are compared.
     */
    void compare(StoreReading store, Beginnings beginnings) throws SQLException {
        List<Signal> all = List.of(Signal.ACCEPTED, Signal.BEYOND_HORIZON, Signal.DUPLICATE, Signal.REJECTED);
        for (MetricDefinition metric : options.config().measure().definitions()) {
            boolean tells = Measure.isOfSignals(metric)
                    && metric.match().signals().containsAll(all)
                    && metric.dimensions().stream().anyMatch(each -> each.name().equals(DimensionDefinition.SIGNAL));
            if (!tells) {
                continue;
            }
            if (beginnings.isLater("metric " + metric.name())) {
                findings.trust("metric " + metric.name() + " was begun later than others, with a catalogue that had"
                        + " changed, and is not compared");
                continue;
            }
            if (mayHaveExpired()) {
                findings.note("metric " + metric.name() + " is not compared: records have come for longer than"
                        + " measure.retention.metrics, and its first windows may have been dropped");
                continue;
            }
            Optional<String> size = tumbling(metric.windows());
            if (size.isEmpty()) {
                findings.note("metric " + metric.name() + " is not compared: all of its windows overlap");
                continue;
            }
            long rejected = warehouse.number("select count(*) from raw where leaf = " + Recording.REJECTED);
            long[] found = store.signals(metric.name(), size.get());
            compare(metric.name() + " of all records", recording.count(), found[0], "");
            compare(metric.name() + " of rejected records", rejected, found[1], " and r.leaf = " + Recording.REJECTED);
        }
    }

    /** The last of some sizes whose windows hold each record once. */
    static Optional<String> tumbling(List<String> sizes) {
        return sizes.stream()
                .filter(size -> new Windows(size, ZoneOffset.UTC).overlap() == 1)
                .reduce((earlier, later) -> later);
    }

    private boolean mayHaveExpired() throws SQLException {
        long cameForMillis = warehouse.number("select coalesce(max(arrived) - min(arrived), 0) from raw");
        return cameForMillis > options.config().measure().retention().metrics().toMillis();
    }

    private void compare(String what, long expected, long found, String which) throws SQLException {
        long differing = Math.abs(expected - found);
        findings.compared(new Comparison(what, expected, found, differing));
        if (differing > 0) {
            findings.differs(new Difference(
                    what,
                    Collections.emptyMap(),
                    Long.toString(expected),
                    Long.toString(found),
                    Map.of(),
                    which.isEmpty() ? List.of() : findings.places("true" + which)));
        }
    }
}
