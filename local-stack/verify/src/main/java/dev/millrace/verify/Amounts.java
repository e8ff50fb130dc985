package dev.millrace.verify;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers as events have them: by the grammar of JSON, within quotes or not. */
final class Amounts {
    /** Stands for what is no amount. */
    static final long NONE = Long.MIN_VALUE;

    private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000_000L);
    /** Decimal places of a millionth. */
    private static final int SCALE = 6;
    /** Numbers with more digits before the point are beyond the bounds. */
    private static final int MOST_DIGITS = 13;

    private Amounts() {}

    /** Whether a text is a number. */
    static boolean isNumber(String text) {
        int at = text.startsWith("-") ? 1 : 0;
        int end = digits(text, at);
        if (end == at || text.charAt(at) == '0' && end > at + 1) {
            return false;
        }
        at = end;
        if (at < text.length() && text.charAt(at) == '.') {
            end = digits(text, at + 1);
            if (end == at + 1) {
                return false;
            }
            at = end;
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
            }
            end = digits(text, at);
            if (end == at) {
                return false;
            }
            at = end;
        }
        return at == text.length();
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return at;
    }

    /** The amount in whole millionths, half to even; {@link #NONE} where it is none, or beyond 10^12. */
    static long micros(String text) {
        if (!isNumber(text)) {
            return NONE;
        }
        BigDecimal number;
        try {
            number = new BigDecimal(text);
        } catch (NumberFormatException | ArithmeticException e) {
            // An exponent beyond an int: nothing, or far beyond the bounds.
            return isTiny(text) ? 0 : NONE;
        }
        // Before the point; below zero: zeros behind it.
        long digits = (long) number.precision() - number.scale();
        if (number.signum() == 0 || digits < -SCALE) {
            return 0;
        }
        if (digits > MOST_DIGITS || number.abs().compareTo(MOST) > 0) {
            return NONE;
        }
        return number.setScale(SCALE, RoundingMode.HALF_EVEN)
                .movePointRight(SCALE)
                .longValueExact();
    }

    private static boolean isTiny(String text) {
        String mantissa = text.split("[eE]", 2)[0];
        return text.matches(".*[eE]-.*") || mantissa.chars().noneMatch(c -> c >= '1' && c <= '9');
    }
}
