package dev.millrace.verify;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import dev.millrace.core.identity.IdentifierType;
import dev.millrace.core.identity.Normaliser;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How values become identifiers of one type: one form, nobody left out, addresses hashed. */
final class IdentifierReading {
    /** What clients send in place of an id. */
    static final Set<String> NOBODY = Set.of(
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

    private static final String ALGORITHM = "HmacSHA256";
    private static final int HASH_BYTES = 16;
    /** Stands where text was lost. */
    private static final char LOST = '\uFFFD';

    private final IdentifierType type;
    private final String region;
    private final String prefix;
    private final Set<String> blocked = new HashSet<>(NOBODY);
    /** Null where nothing is hashed. */
    private final Mac mac;

    IdentifierReading(IdentifierType type, List<String> blockedValues, String hashKey, String region) {
        this.type = type;
        this.region = region;
        this.prefix = type.name() + ":";
        for (List<String> values : List.of(blockedValues, type.blockedValues())) {
            for (String value : values) {
                blocked.add(plain(value));
                String normal = normal(value);
                if (normal != null) {
                    blocked.add(plain(normal));
                }
            }
        }
        try {
            mac = type.hashed() ? Mac.getInstance(ALGORITHM) : null;
            if (mac != null) {
                mac.init(new SecretKeySpec(hashKey.getBytes(StandardCharsets.UTF_8), ALGORITHM));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }

    IdentifierType type() {
        return type;
    }

    boolean hashed() {
        return mac != null;
    }

    /** Whether arrays of Segment's external ids are read: those are never addresses. */
    boolean takesExternalIds() {
        return type.normaliser() != Normaliser.EMAIL && type.normaliser() != Normaliser.PHONE;
    }

    /** The identifier that a value is; null: none. */
    String identifier(String value) {
        if (blocked.contains(plain(value)) || isDamaged(value)) {
            return null;
        }
        String normal = normal(value);
        if (normal == null || type.normaliser() != Normaliser.NONE && blocked.contains(plain(normal))) {
            return null;
        }
        return prefix + (mac == null ? normal : hash(normal));
    }

    /** The identifier that one of Segment's external ids is; null: none. */
    String externalIdentifier(String ofType, String id) {
        if (ofType.isEmpty() || ofType.indexOf('/') >= 0 || blocked.contains(plain(id))) {
            return null;
        }
        return identifier(ofType + '/' + id);
    }

    /** What the jobs pass on in place of a value of a hashed type, and metrics see. */
    String replaced(String value) {
        String identifier = identifier(value);
        if (identifier != null) {
            return identifier;
        }
        return NOBODY.contains(plain(value)) ? value : prefix + "unusable";
    }

    private String normal(String value) {
        return switch (type.normaliser()) {
            case NONE -> value;
            case LOWER_CASE -> plain(value);
            case EMAIL -> email(plain(value));
            case PHONE -> phone(value);
        };
    }

    private static String email(String value) {
        String[] parts = value.split("@", -1);
        boolean address = parts.length == 2
                && !parts[0].isEmpty()
                && !parts[1].isEmpty()
                && value.chars().noneMatch(Character::isWhitespace);
        return address ? value : null;
    }

    private String phone(String value) {
        PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
        try {
            PhoneNumber number = numbers.parse(value, region);
            return numbers.isPossibleNumberWithReason(number) == ValidationResult.IS_POSSIBLE
                    ? numbers.format(number, PhoneNumberFormat.E164)
                    : null;
        } catch (NumberParseException e) {
            return null;
        }
    }

    private String hash(String normal) {
        byte[] whole = mac.doFinal((prefix + normal).getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(whole, 0, HASH_BYTES);
    }

    private static String plain(String value) {
        return value.strip().toLowerCase(Locale.ROOT);
    }

    private static boolean isDamaged(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == LOST) {
                return true;
            }
            if (Character.isSurrogate(c)) {
                boolean paired = Character.isHighSurrogate(c)
                        && i + 1 < value.length()
                        && Character.isLowSurrogate(value.charAt(i + 1));
                if (!paired) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }
}
