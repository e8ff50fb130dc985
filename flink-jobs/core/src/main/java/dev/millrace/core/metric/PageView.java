package dev.millrace.core.metric;

/**
 * A page that an event of a session was on.
 *
 * @param millis when, event time
 */
public record PageView(long millis, String page) {
    /** The earlier one, of two at one time that with the lesser page; null: there is none. */
    static PageView first(PageView one, PageView other) {
        return one == null || other != null && compare(other, one) < 0 ? other : one;
    }

    /** The later one, of two at one time that with the greater page; null: there is none. */
    static PageView last(PageView one, PageView other) {
        return one == null || other != null && compare(other, one) > 0 ? other : one;
    }

    private static int compare(PageView one, PageView other) {
        return one.millis == other.millis ? one.page.compareTo(other.page) : Long.compare(one.millis, other.millis);
    }
}
