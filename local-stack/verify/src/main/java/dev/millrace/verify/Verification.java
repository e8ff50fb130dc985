package dev.millrace.verify;

import dev.millrace.core.catalogue.MetricDefinition;
import dev.millrace.core.catalogue.SessionRows;
import dev.millrace.runtime.config.MillraceConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Recomputes people and metrics from cold storage, and compares them with the serving store. */
public final class Verification {
    private Verification() {}

    /**
     * Compares. Takes the memory of the options beside this process's heap, of which it needs about 100 bytes an identifier.
     *
     * @param progress told in a sentence what is being done
     * @throws VerifyException cold storage or the store can't be read
     */
    public static VerifyReport run(VerifyOptions options, Consumer<String> progress) {
        long begun = System.nanoTime();
        try (Warehouse warehouse = Warehouse.open(options.scratch(), options.memoryBytes())) {
            VerifyReport report = compare(options, warehouse, progress);
            long millis = (System.nanoTime() - begun) / 1_000_000;
            return new VerifyReport(
                    report.events(),
                    report.people(),
                    report.rows(),
                    report.compared(),
                    report.differences(),
                    report.notes(),
                    report.trusted(),
                    millis);
        } catch (SQLException e) {
            throw new VerifyException("the comparison failed: " + e.getMessage(), e);
        } catch (IOException | UncheckedIOException e) {
            throw new VerifyException("cold storage at " + options.root() + " can't be read: " + e.getMessage(), e);
        }
    }

    private static VerifyReport compare(VerifyOptions options, Warehouse warehouse, Consumer<String> progress)
            throws SQLException, IOException {
        MillraceConfig config = options.config();
        EventReading reading = new EventReading(config.requireIdentity());
        List<Measure> measures = new ArrayList<>();
        for (MetricDefinition definition : config.measure().definitions()) {
            if (!Measure.isOfSignals(definition)) {
                measures.add(new Measure(
                        measures.size(), definition, config.measure().zone(), reading));
            }
        }
        SessionRows rows = config.measure().sessions();
        SessionMeasure sessions = rows.enabled() ? new SessionMeasure(rows, reading) : null;
        Dimensions dimensions = new Dimensions(warehouse);
        Recording recording = new Recording(
                warehouse,
                reading,
                config.requireIdentity().types(),
                config.stitch().maxFuture().toMillis(),
                measures,
                sessions,
                config.measure().journeys().enabled() ? new JourneyMeasure(rows, reading) : null,
                dimensions,
                progress);
        progress.accept("reading cold storage at " + options.root());
        recording.record(new ColdStorage(options.root()));
        Findings findings = new Findings(warehouse, options);
        new RawComparison(warehouse, options, recording, findings).compare();

        progress.accept("working out who is who");
        new Copies(warehouse, config.stitch(), findings).drop();
        try (StoreReading store = new StoreReading(config.requireStore(), warehouse)) {
            long bound = bound(warehouse, config, store, findings);
            Answer answer = new Answer(warehouse, recording, measures, dimensions, bound);
            answer.people(config.requireIdentity().maxPath());
            progress.accept("comparing people");
            store.identifiers(recording);
            store.links(recording);
            recording.flush();
            answer.believe();
            new PeopleComparison(warehouse, findings).compare(answer);
            progress.accept("working out metrics");
            answer.metrics();
            progress.accept("comparing metrics");
            store.metrics(measures, answer, dimensions, bound);
            Beginnings beginnings = new Beginnings(warehouse, store.countedSince(), findings);
            new MetricsComparison(warehouse, measures, beginnings, findings).compare(answer, bound);
            List<String> known = new ArrayList<>(answer.outputs());
            config.measure().definitions().stream()
                    .filter(Measure::isOfSignals)
                    .forEach(metric -> known.add(metric.name()));
            long strangers = store.strangers(known, bound);
            if (strangers > 0) {
                findings.trust(strangers + " rows are of metrics that the configuration does not have");
            }
            // Of another catalogue, events said otherwise where they came from.
            long saidSince = sessions == null ? bound : beginnings.from("table sessions", bound);
            if (sessions != null) {
                progress.accept("comparing sessions");
                new Sessions(warehouse).of(sessions);
                long from = saidSince + rows.gap().toMillis();
                store.sessions(from);
                new SessionsComparison(warehouse, findings).compare(from);
            }
            if (config.measure().journeys().enabled()) {
                progress.accept("comparing recent events");
                store.recentEvents(recording, dimensions, bound);
                recording.flush();
                new RecentEventsComparison(warehouse, findings)
                        .compare(bound, config.measure().journeys().events(), saidSince);
            }
            new SignalsComparison(warehouse, options, recording, findings).compare(store, beginnings);
            return findings.report(recording, bound);
        }
    }

    /** What windows that are compared begin at or later. */
    private static long bound(Warehouse warehouse, MillraceConfig config, StoreReading store, Findings findings)
            throws SQLException {
        long latest = warehouse.number("select coalesce(max(millis), 0) from raw where millis <> " + Recording.NO_TIME);
        long bound = latest - config.measure().hotHorizon().toMillis();
        long hotSince = store.hotSince();
        if (hotSince > bound) {
            findings.trust("MeasureJob has let go of what happened before " + Findings.time(hotSince)
                    + ", though measure.hot_horizon reaches further back: it was raised since, or cold storage is behind"
                    + " the store");
            return hotSince;
        }
        return bound;
    }
}
