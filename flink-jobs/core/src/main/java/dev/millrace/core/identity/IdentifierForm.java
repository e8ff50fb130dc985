package dev.millrace.core.identity;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How the identifiers of one type are made of the values that stand in events. Not for use by several threads. */
final class IdentifierForm {
    /** What a value turned out to be. */
    enum Outcome {
        /** It is the {@link #identifier}. */
        USABLE,
        /** A value that clients send in place of one. */
        BLOCKED,
        /** No email address, no phone number; or text of which characters got lost. */
        UNUSABLE
    }

    private static final String ALGORITHM = "HmacSHA256";
    /** So much of the hash is kept: enough that no two of a trillion values share it. */
    private static final int HASH_BYTES = 16;

    /** Stands in text for what could not be read as text. */
    private static final char LOST = '\uFFFD';

    private static final BlockedValues BUILT_IN = new BlockedValues(IdentityRules.DEFAULT_BLOCKED_VALUES);

    private final IdentifierType type;
    private final String region;
    private final BlockedValues blocked;
    private final String prefix;
    private final byte[] prefixBytes;
    private final String unusable;
    /** Null where nothing is hashed. */
    private final Mac mac;
    /** Begins with the prefix. */
    private final byte[] scratch;

    private String identifier;

    IdentifierForm(IdentifierType type, Collection<String> blockedValues, byte[] hashKey, String region) {
        this.type = type;
        this.region = region;
        blocked = new BlockedValues(blockedValues);
        prefix = Identifier.of(type.name(), "");
        prefixBytes = prefix.getBytes(StandardCharsets.UTF_8);
        unusable = prefix + "unusable";
        scratch = Arrays.copyOf(prefixBytes, prefixBytes.length + Identifier.MAX_CHARS);
        mac = type.hashed() ? mac(hashKey) : null;
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }

    IdentifierType type() {
        return type;
    }

    boolean hashed() {
        return mac != null;
    }

    /** What stands in an event in place of a value that must not leave and is no identifier. */
    String unusable() {
        return unusable;
    }

    /** Whether the value says that there is none, so that there is nothing to hide in it. */
    static boolean saysNothing(byte[] text, int from, int to) {
        return BUILT_IN.contains(text, from, to);
    }

    /**
     * Reads a value; the {@link #identifier} is that of the last usable one. Bytes that are no UTF-8 are lost when they
     * become text, and values that differ in nothing else become one: such a value is unusable, as is one that has lost
     * characters before.
     */
    Outcome read(byte[] text, int from, int to) {
        if (blocked.contains(text, from, to)) {
            return Outcome.BLOCKED;
        }
        if (type.normaliser() == Normaliser.NONE && !hashed()) {
            String whole = verbatim(text, from, to);
            if (whole.indexOf(LOST) >= 0) {
                return Outcome.UNUSABLE;
            }
            identifier = whole;
            return Outcome.USABLE;
        }
        String value = new String(text, from, to - from, StandardCharsets.UTF_8);
        return value.indexOf(LOST) >= 0 ? Outcome.UNUSABLE : read(value);
    }

    private Outcome read(String value) {
        Optional<String> normal = type.normaliser().normal(value, region);
        if (normal.isEmpty()) {
            return Outcome.UNUSABLE;
        }
        if (blocked.contains(normal.get())) {
            return Outcome.BLOCKED;
        }
        identifier = prefix + (hashed() ? hash(normal.get()) : normal.get());
        return Outcome.USABLE;
    }

    /** Reads one of Segment's external ids, as {@link #read(byte[], int, int)} does: {@code <type>/<id>}. */
    Outcome readExternal(String ofType, String id) {
        // With a slash in the type two ids could read alike.
        if (ofType.isEmpty() || ofType.indexOf('/') >= 0) {
            return Outcome.UNUSABLE;
        }
        if (blocked.contains(id)) {
            return Outcome.BLOCKED;
        }
        byte[] value = utf8(ofType + '/' + id);
        return read(value, 0, value.length);
    }

    /** A value as {@link #read(byte[], int, int)} takes it: half characters, which UTF-8 has not, are lost. */
    static byte[] utf8(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (Character.isSurrogate(value.charAt(i))) {
                StringBuilder whole = new StringBuilder(value.length());
                value.codePoints()
                        .forEach(c -> whole.appendCodePoint(Character.getType(c) == Character.SURROGATE ? LOST : c));
                return whole.toString().getBytes(StandardCharsets.UTF_8);
            }
        }
        return value.getBytes(StandardCharsets.UTF_8);
    }

    /** The identifier of the last usable value. */
    String identifier() {
        return identifier;
    }

    private String verbatim(byte[] text, int from, int to) {
        int length = prefixBytes.length + to - from;
        byte[] all = scratch;
        if (length > scratch.length) {
            // Too long to be an identifier, and too rare to keep room for.
            all = Arrays.copyOf(prefixBytes, length);
        }
        System.arraycopy(text, from, all, prefixBytes.length, to - from);
        return new String(all, 0, length, StandardCharsets.UTF_8);
    }

    /** The type goes into the hash too, so that equal values of two types can't be told to be equal. */
    private String hash(String normal) {
        mac.update(prefixBytes);
        byte[] hash = mac.doFinal(normal.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    }

    /** Whether a value is one that {@link #hash} has given. */
    static boolean isHash(String value) {
        return value.length() == 2 * HASH_BYTES
                && value.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
    }
}
