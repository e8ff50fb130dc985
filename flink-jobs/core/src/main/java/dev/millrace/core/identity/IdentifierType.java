package dev.millrace.core.identity;

import dev.millrace.core.event.EventPath;
import java.io.Serializable;
import java.util.List;

/**
 * One type of identifier: where events have it, and what it may do.
 *
 * @param name what its identifiers begin with: lower case, digits and underscores
 * @param from where it stands in an event, the place that counts first: {@code user_id}, {@code anonymous_id},
 *     {@code group_id}, or a path into {@code properties}, {@code traits}, {@code context} or {@code extras}, as in
 *     {@code context.device.id}, {@code traits['e-mail.address']} or {@code properties.contacts[*].email}. A path that
 *     ends at an array of Segment's external ids takes each that is a user's, as {@code <type>/<id>}
 * @param anchor whether it names a person by itself (default false): two of them are two people
 * @param maxLinks how many links one identifier may have (default 10000 for anchors, 100 for others)
 * @param blockedValues values that point at nobody, in addition to those of all types; compared without case and
 *     surrounding space
 * @param normaliser default none
 * @param hashed whether the value is replaced by a keyed hash (default: where the normaliser is email or phone, which
 *     always are)
 */
public record IdentifierType(
        String name,
        List<String> from,
        boolean anchor,
        Integer maxLinks,
        List<String> blockedValues,
        Normaliser normaliser,
        Boolean hashed)
        implements Serializable {
    static final int MOST_LINKS_OF_AN_ANCHOR = 10_000;
    static final int MOST_LINKS = 100;

    /** What counts where the configuration names no types. */
    public static final List<IdentifierType> DEFAULT_TYPES = List.of(
            new IdentifierType(Identifier.USER_ID, List.of("user_id"), true, null, null, null, null),
            new IdentifierType(
                    "email",
                    List.of("traits.email", "context.traits.email", "properties.email"),
                    false,
                    null,
                    null,
                    Normaliser.EMAIL,
                    null),
            new IdentifierType(
                    "phone",
                    List.of("traits.phone", "context.traits.phone", "properties.phone"),
                    false,
                    null,
                    null,
                    Normaliser.PHONE,
                    null),
            new IdentifierType("device_id", List.of("context.device.id"), false, null, null, null, null),
            new IdentifierType(Identifier.ANONYMOUS_ID, List.of("anonymous_id"), false, null, null, null, null),
            new IdentifierType("external_id", List.of("context.externalIds"), false, null, null, null, null));

    public IdentifierType {
        if (name == null || !name.matches("[a-z][a-z0-9_]{0,62}")) {
            throw new IllegalArgumentException("identifier type '" + name
                    + "' must be named with lower-case letters, digits and underscores, starting with a letter");
        }
        if (from == null || from.isEmpty()) {
            throw new IllegalArgumentException("identifier type '" + name
                    + "' has no 'from', which says where events have it, as in [user_id] or [context.device.id]");
        }
        from = List.copyOf(from);
        for (String place : from) {
            try {
                EventPath.parse(place);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("identifier type '" + name + "': " + e.getMessage(), e);
            }
        }
        if (maxLinks == null) {
            maxLinks = anchor ? MOST_LINKS_OF_AN_ANCHOR : MOST_LINKS;
        } else if (maxLinks <= 0) {
            throw new IllegalArgumentException(
                    "identifier type '" + name + "': 'max_links' must be above zero, but is " + maxLinks);
        }
        blockedValues = blockedValues == null ? List.of() : List.copyOf(blockedValues);
        normaliser = normaliser == null ? Normaliser.NONE : normaliser;
        if (hashed == null) {
            hashed = normaliser.personal();
        } else if (!hashed && normaliser.personal()) {
            throw new IllegalArgumentException("identifier type '" + name
                    + "': email addresses and phone numbers are always hashed; leave 'hashed' out");
        }
    }
}
