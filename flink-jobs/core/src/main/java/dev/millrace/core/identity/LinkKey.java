package dev.millrace.core.identity;

/**
 * Two identifiers that were seen in one event, and the earliest event time at which they were. Ordered by time, then by
 * the identifiers: no two links are equal, so that each has its place in the order in which links are taken.
 *
 * @param timeMillis earliest event time, milliseconds since the epoch
 * @param lesser the lesser of the two identifiers, as strings compare
 * @param greater the other
 */
public record LinkKey(long timeMillis, String lesser, String greater) implements Comparable<LinkKey> {

    /** The link between two identifiers, given in any order. */
    public static LinkKey of(long timeMillis, String one, String other) {
        return one.compareTo(other) <= 0 ? new LinkKey(timeMillis, one, other) : new LinkKey(timeMillis, other, one);
    }

    /** The end that is not this one. */
    public String other(String end) {
        return end.equals(lesser) ? greater : lesser;
    }

    @Override
    public int compareTo(LinkKey that) {
        int order = Long.compare(timeMillis, that.timeMillis);
        if (order == 0) {
            order = lesser.compareTo(that.lesser);
        }
        return order == 0 ? greater.compareTo(that.greater) : order;
    }
}
