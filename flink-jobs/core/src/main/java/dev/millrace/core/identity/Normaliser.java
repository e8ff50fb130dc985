package dev.millrace.core.identity;

import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import com.google.i18n.phonenumbers.PhoneNumberUtil.PhoneNumberFormat;
import com.google.i18n.phonenumbers.PhoneNumberUtil.ValidationResult;
import com.google.i18n.phonenumbers.Phonenumber.PhoneNumber;
import java.util.Locale;
import java.util.Optional;

/** Brings the ways in which one value is written to a single one. */
public enum Normaliser {
    /** The value as it is. */
    NONE,
    /** Without surrounding space, in lower case. */
    LOWER_CASE,
    /** An email address without surrounding space, in lower case. The identifier is hashed. */
    EMAIL,
    /** A phone number in E.164, as in {@code +436641234567}. The identifier is hashed. */
    PHONE;

    /** Whether what it gives must not be an identifier in clear. */
    public boolean personal() {
        return this == EMAIL || this == PHONE;
    }

    /**
     * The value in its normal form; empty where it is none.
     *
     * @param region of phone numbers without country code
     */
    Optional<String> normal(String value, String region) {
        return switch (this) {
            case NONE -> Optional.of(value);
            case LOWER_CASE -> Optional.of(lowerCase(value));
            case EMAIL -> email(lowerCase(value));
            case PHONE -> phone(value, region);
        };
    }

    /** Whether phone numbers of this region are known, given by the two letters of its country. */
    static boolean isRegion(String region) {
        return PhoneNumberUtil.getInstance().getSupportedRegions().contains(region);
    }

    private static String lowerCase(String value) {
        return value.strip().toLowerCase(Locale.ROOT);
    }

    /** No more than an address must have: whether it exists only its host can tell. */
    private static Optional<String> email(String value) {
        int at = value.indexOf('@');
        boolean address = at > 0
                && at < value.length() - 1
                && value.indexOf('@', at + 1) < 0
                && value.chars().noneMatch(Character::isWhitespace);
        return address ? Optional.of(value) : Optional.empty();
    }

    private static Optional<String> phone(String value, String region) {
        PhoneNumberUtil numbers = PhoneNumberUtil.getInstance();
        try {
            PhoneNumber number = numbers.parse(value, region);
            // Not one that is possible within its town only: another town has it too.
            return numbers.isPossibleNumberWithReason(number) == ValidationResult.IS_POSSIBLE
                    ? Optional.of(numbers.format(number, PhoneNumberFormat.E164))
                    : Optional.empty();
        } catch (NumberParseException e) {
            return Optional.empty();
        }
    }
}
