package dev.millrace.core.catalogue;

/** A metric that can't be kept as it is defined; the message names it, and says what to change. */
public final class RefusedMetricException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final String metric;

    public RefusedMetricException(String metric, String reason) {
        this(metric, reason, null);
    }

    public RefusedMetricException(String metric, String reason, Throwable cause) {
        super("metric '" + metric + "': " + reason, cause);
        this.metric = metric;
    }

    /** Its name. */
    public String metric() {
        return metric;
    }
}
