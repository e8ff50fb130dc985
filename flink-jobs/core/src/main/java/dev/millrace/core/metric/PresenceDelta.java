package dev.millrace.core.metric;

/** A leaf of a profile entered ({@code leaves} = 1) or left (-1) a window. */
public record PresenceDelta(String profileId, Presence presence, int leaves) {

    /** What one profile adds to one window is kept under this key. */
    public record Key(String profileId, Presence presence) {}

    public Key key() {
        return new Key(profileId, presence);
    }
}
