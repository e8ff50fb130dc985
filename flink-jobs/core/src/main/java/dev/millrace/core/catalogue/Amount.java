package dev.millrace.core.catalogue;

/** Numbers as events have them: by the grammar of JSON, within quotes or not. */
final class Amount {
    /** Stands for text that is no usable amount. */
    static final long NONE = Long.MIN_VALUE;

    /** The largest amount, in millionths, above zero or below. */
    static final long MOST_MICROS = 1_000_000_000_000_000_000L;

    /** Digits of a millionth. */
    private static final int SCALE = 6;
    /** Digits of {@link #MOST_MICROS}. */
    private static final int MOST_DIGITS = 19;
    /** An exponent beyond these bounds is as good as one at them: no event has so many digits. */
    private static final long MOST_EXPONENT = 1L << 40;

    private Amount() {}

    /**
     * The number that a text is, rounded to millionths, half to even.
     *
     * @return {@link #NONE} where it is no number, or one beyond {@link #MOST_MICROS}
     */
    static long micros(String text) {
        int end = endOfNumber(text);
        if (end < 0) {
            return NONE;
        }
        int at = text.charAt(0) == '-' ? 1 : 0;
        boolean negative = at == 1;
        int mantissaEnd = mantissaEnd(text, at);
        // How many of the digits from here on are whole millionths.
        long whole = wholeDigits(text, at, mantissaEnd) + exponent(text, mantissaEnd) + SCALE;
        long micros = 0;
        int digits = 0;
        for (; at < mantissaEnd && whole > 0; at++) {
            char c = text.charAt(at);
            if (c == '.') {
                continue;
            }
            whole--;
            if (digits > 0 || c != '0') {
                if (++digits > MOST_DIGITS) {
                    return NONE;
                }
                micros = 10 * micros + (c - '0');
            }
        }
        for (; whole > 0 && micros != 0; whole--) {
            if (++digits > MOST_DIGITS) {
                return NONE;
            }
            micros *= 10;
        }
        // Nineteen digits may be beyond a long: then it is below zero.
        if (micros < 0 || micros > MOST_MICROS) {
            return NONE;
        }
        if (whole == 0 && roundsUp(text, at, mantissaEnd, micros)) {
            micros++;
        }
        if (micros > MOST_MICROS) {
            return NONE;
        }
        return negative ? -micros : micros;
    }

    /** The number that a text is, as near as a double is; NaN: none. May be infinite. */
    static double number(String text) {
        return endOfNumber(text) < 0 ? Double.NaN : Double.parseDouble(text);
    }

    /** Whether what is left of the digits is more than half, or half of an odd one. */
    private static boolean roundsUp(String text, int from, int to, long micros) {
        int at = from < to && text.charAt(from) == '.' ? from + 1 : from;
        if (at >= to || text.charAt(at) < '5') {
            return false;
        }
        if (text.charAt(at) > '5' || (micros & 1) == 1) {
            return true;
        }
        for (int i = at + 1; i < to; i++) {
            char c = text.charAt(i);
            if (c != '0' && c != '.') {
                return true;
            }
        }
        return false;
    }

    private static int mantissaEnd(String text, int from) {
        int at = from;
        while (at < text.length() && (isDigit(text, at) || text.charAt(at) == '.')) {
            at++;
        }
        return at;
    }

    private static int wholeDigits(String text, int from, int to) {
        int point = text.indexOf('.', from);
        return (point < 0 ? to : point) - from;
    }

    /** The exponent that begins here, if one does. */
    private static long exponent(String text, int from) {
        if (from == text.length()) {
            return 0;
        }
        boolean negative = text.charAt(from + 1) == '-';
        long exponent = 0;
        for (int i = isDigit(text, from + 1) ? from + 1 : from + 2; i < text.length(); i++) {
            exponent = Math.min(MOST_EXPONENT, 10 * exponent + (text.charAt(i) - '0'));
        }
        return negative ? -exponent : exponent;
    }

    /** The length of a text that is a number by the grammar of JSON; -1: it is none. */
    private static int endOfNumber(String text) {
        int at = text.startsWith("-") ? 1 : 0;
        int digits = digits(text, at);
        if (digits == 0 || digits > 1 && text.charAt(at) == '0') {
            return -1;
        }
        at += digits;
        if (at < text.length() && text.charAt(at) == '.') {
            digits = digits(text, at + 1);
            if (digits == 0) {
                return -1;
            }
            at += 1 + digits;
        }
        if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
            at++;
            if (at < text.length() && (text.charAt(at) == '+' || text.charAt(at) == '-')) {
                at++;
            }
            digits = digits(text, at);
            if (digits == 0) {
                return -1;
            }
            at += digits;
        }
        return at == text.length() ? at : -1;
    }

    private static int digits(String text, int from) {
        int at = from;
        while (at < text.length() && isDigit(text, at)) {
            at++;
        }
        return at - from;
    }

    private static boolean isDigit(String text, int at) {
        char c = text.charAt(at);
        return c >= '0' && c <= '9';
    }
}
