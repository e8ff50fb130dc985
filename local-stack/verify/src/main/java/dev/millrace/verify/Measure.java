package dev.millrace.verify;

import dev.millrace.core.catalogue.Aggregate;
import dev.millrace.core.catalogue.DimensionDefinition;
import dev.millrace.core.catalogue.FunnelStep;
import dev.millrace.core.catalogue.Match;
import dev.millrace.core.catalogue.MetricDefinition;
import java.sql.SQLException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.duckdb.DuckDBAppender;

/** A metric of the catalogue: what events add to it, kept in a table of its own until people are known. */
final class Measure {
    /** Values of {@code lifecycle}, in the order of their numbers. */
    static final List<String> LIFECYCLE = List.of("returning", "new");

    private final int number;
    private final MetricDefinition definition;
    private final ZoneId zone;
    private final Matching matching;
    private final List<Matching> steps = new ArrayList<>();
    private final List<int[]> dimensions = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final List<String> variants = new ArrayList<>();
    private final int[] amount;
    private DuckDBAppender table;

    Measure(int number, MetricDefinition definition, ZoneId catalogueZone, EventReading reading) {
        this.number = number;
        this.definition = definition;
        this.zone = definition.timeZone() == null ? catalogueZone : ZoneId.of(definition.timeZone());
        this.matching = new Matching(definition.match(), reading);
        for (DimensionDefinition dimension : definition.dimensions()) {
            names.add(dimension.name());
            if (dimension.name().equals(DimensionDefinition.LIFECYCLE)) {
                variants.addAll(LIFECYCLE);
            } else {
                dimensions.add(slots(dimension.from(), reading));
            }
        }
        amount = definition.value() == null ? new int[0] : slots(definition.value(), reading);
        if (definition.aggregate() == Aggregate.FUNNEL) {
            names.add(DimensionDefinition.STEP);
            for (FunnelStep step : definition.steps()) {
                steps.add(new Matching(step.match(), reading));
                variants.add(steps.size() + " " + step.name());
            }
        }
    }

    /** Whether it is of what happens to records, and not of what is in them. */
    static boolean isOfSignals(MetricDefinition definition) {
        Match match = definition.match();
        return match != null && match.signals() != null;
    }

    static int[] slots(List<String> paths, EventReading reading) {
        return paths.stream().mapToInt(reading::want).toArray();
    }

    /** The first text at one of these places, bounded; null: none has one. */
    static String text(int[] places, EventReading reading) {
        for (int place : places) {
            if (reading.text(place) != null) {
                return Dimensions.bounded(reading.text(place));
            }
        }
        return null;
    }

    /** The first amount at one of these places; {@link Amounts#NONE}: none has one. */
    static long micros(int[] places, EventReading reading) {
        for (int place : places) {
            long micros = reading.text(place) == null ? Amounts.NONE : Amounts.micros(reading.text(place));
            if (micros != Amounts.NONE) {
                return micros;
            }
        }
        return Amounts.NONE;
    }

    void open(Warehouse warehouse) throws SQLException {
        warehouse.run("create table " + hits()
                + " (no integer, leaf integer, millis bigint, dims integer, micros bigint, steps integer)");
        table = warehouse.appender(hits());
    }

    void close() throws SQLException {
        table.close();
    }

    /** Its table: what events add. */
    String hits() {
        return "hits_" + number;
    }

    int number() {
        return number;
    }

    MetricDefinition definition() {
        return definition;
    }

    ZoneId zone() {
        return zone;
    }

    Aggregate aggregate() {
        return definition.aggregate();
    }

    /** Whether rows tell new profiles from returning ones. */
    boolean hasLifecycle() {
        return variants.equals(LIFECYCLE);
    }

    /** Names of its dimensions, in the order of their values. */
    List<String> names() {
        return names;
    }

    /** Values of the dimension that is worked out; empty: none is. */
    List<String> variants() {
        return variants;
    }

    /** Notes what an event adds. */
    void take(int no, int leaf, long millis, RawRow row, EventReading reading, Dimensions all) throws SQLException {
        if (definition.aggregate() == Aggregate.NEW_PROFILES || !matching.holds(row, reading)) {
            return;
        }
        int taken = 0;
        for (int i = 0; i < steps.size(); i++) {
            taken |= steps.get(i).holds(row, reading) ? 1 << i : 0;
        }
        if (!steps.isEmpty() && taken == 0) {
            return;
        }
        long micros = amount.length == 0 ? 0 : micros(amount, reading);
        if (micros == Amounts.NONE) {
            return;
        }
        table.beginRow();
        table.append(no);
        table.append(leaf);
        table.append(millis);
        table.append(numberOf(reading, all));
        table.append(micros);
        table.append(taken);
        table.endRow();
    }

    private int numberOf(EventReading reading, Dimensions all) throws SQLException {
        List<String> values = new ArrayList<>(dimensions.size());
        for (int[] dimension : dimensions) {
            values.add(text(dimension, reading));
        }
        return all.of(number, names, values, variants);
    }
}
