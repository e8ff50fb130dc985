package dev.millrace.core.identity;

import dev.millrace.core.event.Envelope.Field;
import dev.millrace.core.event.EventPath;
import dev.millrace.core.identity.IdentifierForm.Outcome;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which values in an event are identifiers, and what each type of them may do. Immutable.
 *
 * <p>An {@code alias} makes one person of two users only where the type that takes {@code user_id} is an anchor, and leads:
 * where an event has an identifier of a type of higher priority too, it goes to that one, and the two users are linked to
 * it as in any other event.
 */
public final class IdentityRules implements IdentifierTypes, Serializable {
    /** Values that clients send in place of an id; compared without case and surrounding space. */
    public static final Set<String> DEFAULT_BLOCKED_VALUES = Set.of(
            "",
            "null",
            "(null)",
            "nil",
            "none",
            "undefined",
            "unknown",
            "anonymous",
            "guest",
            "not set",
            "(not set)",
            "n/a",
            "na",
            "nan",
            "true",
            "false",
            "[object object]",
            "-1",
            "0",
            "00000000-0000-0000-0000-000000000000");

    /** Region of phone numbers without country code. */
    public static final String DEFAULT_REGION = "US";

    /** How many links away from the identifier that leads its profile an identifier may be. */
    public static final int DEFAULT_MAX_PATH = 16;

    /** A label holds all links of its path: it goes over the network, and is in state, with each who has it. */
    public static final int MOST_PATH = 128;

    /** A shorter key could be found by trying. */
    public static final int MIN_HASH_KEY_CHARS = 16;

    /** By priority, the highest first. */
    private final List<IdentifierType> types;

    private final List<String> blockedValues;
    private final byte[] hashKey;
    private final String region;
    private final int maxPath;
    /** What identifiers of a type begin with; in the order of the types. */
    private final String[] prefixes;

    private final String[] anchorPrefixes;

    /**
     * Throws IllegalArgumentException with a sentence where such rules can't be.
     *
     * @param types the highest priority first
     * @param blockedValues values of any type that point at nobody, in addition to the built-in ones
     * @param hashKey secret of the keyed hash; null: none, which is refused where a type is hashed
     * @param region of phone numbers without country code, ISO 3166-1 alpha-2
     */
    public IdentityRules(
            List<IdentifierType> types, Collection<String> blockedValues, String hashKey, String region, int maxPath) {
        this.types = List.copyOf(types);
        this.blockedValues = List.copyOf(blockedValues);
        this.region = region;
        this.maxPath = maxPath;
        checkTypes();
        checkPlaces();
        checkHashKey(hashKey);
        if (!Normaliser.isRegion(region)) {
            throw new IllegalArgumentException("'default_region' must be the two capital letters of a country that has"
                    + " phone numbers, as in US or AT, but is '" + region + "'");
        }
        if (maxPath <= 0) {
            throw new IllegalArgumentException("'max_path' must be above zero, but is " + maxPath);
        }
        if (maxPath > MOST_PATH) {
            throw new IllegalArgumentException("'max_path' must be at most " + MOST_PATH + ", but is " + maxPath);
        }
        this.hashKey = hashKey == null ? new byte[0] : hashKey.getBytes(StandardCharsets.UTF_8);
        prefixes =
                this.types.stream().map(type -> Identifier.of(type.name(), "")).toArray(String[]::new);
        anchorPrefixes = this.types.stream()
                .filter(IdentifierType::anchor)
                .map(type -> Identifier.of(type.name(), ""))
                .toArray(String[]::new);
    }

    private void checkTypes() {
        if (types.isEmpty()) {
            throw new IllegalArgumentException("'types' must name at least one type of identifier");
        }
        Set<String> names = new HashSet<>();
        for (IdentifierType type : types) {
            if (!names.add(type.name())) {
                throw new IllegalArgumentException("'types' names '" + type.name() + "' twice");
            }
        }
    }

    private void checkPlaces() {
        Map<EventPath, String> takenBy = new HashMap<>();
        for (IdentifierType type : types) {
            for (String place : type.from()) {
                String other = takenBy.put(EventPath.parse(place), type.name());
                if (other != null) {
                    throw new IllegalArgumentException(
                            other.equals(type.name())
                                    ? "identifier type '" + other + "' names '" + place + "' twice"
                                    : "identifier types '" + other + "' and '" + type.name() + "' both take '" + place
                                            + "'; a value can be of one type only");
                }
            }
        }
        if (takenBy.keySet().stream()
                .noneMatch(place -> place.field() == Field.USER_ID || place.field() == Field.ANONYMOUS_ID)) {
            throw new IllegalArgumentException(
                    "no identifier type takes user_id or anonymous_id, so that most events would belong to nobody");
        }
    }

    private void checkHashKey(String key) {
        List<String> hashed = types.stream()
                .filter(IdentifierType::hashed)
                .map(IdentifierType::name)
                .toList();
        if ((key == null || key.isEmpty()) && !hashed.isEmpty()) {
            throw new IllegalArgumentException("'hash_key' is missing: identifiers of type " + String.join(", ", hashed)
                    + " are hashed with it. Give any long random text (" + MIN_HASH_KEY_CHARS + " characters or more),"
                    + " as in identity: {hash_key: \"${MILLRACE_IDENTITY_HASH_KEY}\"}, and keep it for ever: with another key every"
                    + " hashed identifier is another one");
        }
        if (key != null && !key.isEmpty() && key.length() < MIN_HASH_KEY_CHARS) {
            throw new IllegalArgumentException("'hash_key' must have " + MIN_HASH_KEY_CHARS
                    + " characters or more, but has " + key.length() + "; give any long random text");
        }
    }

    /** Rules of these types, everything else by default. */
    public static IdentityRules of(List<IdentifierType> types, String hashKey) {
        return new IdentityRules(types, List.of(), hashKey, DEFAULT_REGION, DEFAULT_MAX_PATH);
    }

    /** The types, the highest priority first. */
    public List<IdentifierType> types() {
        return types;
    }

    @Override
    public boolean isAnchor(String identifier) {
        for (String prefix : anchorPrefixes) {
            if (identifier.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int maxLinks(String identifier) {
        for (int i = 0; i < prefixes.length; i++) {
            if (identifier.startsWith(prefixes[i])) {
                return types.get(i).maxLinks();
            }
        }
        return IdentifierType.MOST_LINKS; // Of a type that is no longer configured.
    }

    @Override
    public int maxPath() {
        return maxPath;
    }

    /**
     * The identifier that a value is in an event: normalised and hashed as its type is.
     *
     * @param value as it stands in events; of a hashed type also the hash itself, 32 lower-case hexadecimal digits
     * @return empty where there is no such type, or the value is none of it or points at nobody
     */
    public Optional<String> identifier(String typeName, String value) {
        for (IdentifierType type : types) {
            if (type.name().equals(typeName)) {
                if (type.hashed() && IdentifierForm.isHash(value)) {
                    return Optional.of(Identifier.of(typeName, value));
                }
                IdentifierForm form = form(type);
                byte[] text = IdentifierForm.utf8(value);
                return form.read(text, 0, text.length) == Outcome.USABLE
                        ? Optional.of(form.identifier())
                        : Optional.empty();
            }
        }
        return Optional.empty();
    }

    /** A reader of events by these rules. */
    public Identification identification() {
        return new Identification(types.stream().map(this::form).toList());
    }

    private IdentifierForm form(IdentifierType type) {
        List<String> blocked = new ArrayList<>(DEFAULT_BLOCKED_VALUES);
        for (String value : concat(blockedValues, type.blockedValues())) {
            blocked.add(value);
            // However the value that is to be blocked is written.
            type.normaliser().normal(value, region).ifPresent(blocked::add);
        }
        return new IdentifierForm(type, blocked, hashKey, region);
    }

    private static List<String> concat(List<String> some, List<String> others) {
        List<String> all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }
}
