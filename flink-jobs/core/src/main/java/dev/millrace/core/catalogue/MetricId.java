package dev.millrace.core.catalogue;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneId;
import java.util.Collection;
import java.util.List;

/**
 * What state knows a metric by: the first four bytes of the SHA-256 of all that decides what events add to it, and to
 * which windows. The order of lists in which it means nothing makes no difference, nor do description, owner and bounds.
 */
final class MetricId {
    /** JSON arrays within each other. */
    private final StringBuilder text = new StringBuilder(256);

    private MetricId() {}

    /** @param zone whose midnight its windows are aligned to */
    static int of(MetricDefinition metric, ZoneId zone) {
        MetricId id = new MetricId();
        id.open().text(metric.name()).text(metric.aggregate().name()).text(zone.getId());
        id.match(metric.match()).texts(metric.value()).unordered(metric.windows());
        id.open();
        for (DimensionDefinition dimension : metric.dimensions()) {
            id.text(dimension.name()).texts(dimension.from());
        }
        id.close();
        id.plain(metric.gap() == null ? null : metric.gap().toMillis());
        id.plain(metric.within() == null ? null : metric.within().toMillis());
        id.open();
        for (FunnelStep step : metric.steps() == null ? List.<FunnelStep>of() : metric.steps()) {
            id.text(step.name()).match(step.match());
        }
        return id.close().close().hash();
    }

    static int of(SessionRows rows) {
        MetricId id = new MetricId();
        id.open().text(Metric.SESSION_ROWS).plain(rows.gap().toMillis()).unordered(rows.types());
        id.texts(rows.page()).texts(rows.campaign()).match(rows.order()).texts(rows.revenue());
        return id.close().hash();
    }

    private int hash() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(text.toString().getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(hash).getInt();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }

    private MetricId match(Match match) {
        if (match == null) {
            return plain(null);
        }
        open().unordered(match.types()).unordered(match.events());
        unordered(
                match.signals() == null
                        ? null
                        : match.signals().stream().map(Enum::name).toList());
        unordered(
                match.where() == null
                        ? null
                        : match.where().stream().map(MetricId::conditionText).toList());
        return close();
    }

    private static String conditionText(Condition condition) {
        MetricId id = new MetricId();
        id.open().text(condition.path()).value(condition.equals());
        id.unordered(
                condition.in() == null
                        ? null
                        : condition.in().stream().map(MetricId::valueText).toList());
        id.plain(condition.exists()).plain(condition.above()).plain(condition.atLeast());
        id.plain(condition.below()).plain(condition.atMost()).text(condition.prefix());
        return id.close().text.toString();
    }

    /** Text and numbers that read alike are not the same. */
    private static String valueText(Object value) {
        MetricId id = new MetricId();
        id.value(value);
        return id.text.toString();
    }

    private MetricId value(Object value) {
        return value instanceof String string ? text(string) : plain(value);
    }

    private MetricId texts(Collection<String> texts) {
        if (texts == null) {
            return plain(null);
        }
        open();
        for (String one : texts) {
            text(one);
        }
        return close();
    }

    private MetricId unordered(Collection<String> texts) {
        return texts(texts == null ? null : texts.stream().sorted().toList());
    }

    private MetricId open() {
        next().append('[');
        return this;
    }

    private MetricId close() {
        text.append(']');
        return this;
    }

    private MetricId text(String value) {
        if (value == null) {
            return plain(null);
        }
        next().append('"');
        JsonStringEncoder.getInstance().quoteAsString(value, text);
        text.append('"');
        return this;
    }

    private MetricId plain(Object value) {
        next().append(value);
        return this;
    }

    private StringBuilder next() {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != '[') {
            text.append(',');
        }
        return text;
    }
}
