package dev.millrace.core.metric;

/** A contribution, and whose it is. */
record Held(long leaf, Contribution what) {
    @Override
    public int hashCode() {
        return 31 * Long.hashCode(leaf) + what.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Held that && leaf == that.leaf && what.equals(that.what);
    }
}
