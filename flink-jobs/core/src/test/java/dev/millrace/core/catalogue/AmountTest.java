package dev.millrace.core.catalogue;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmountTest {
    @ParameterizedTest
    @CsvSource({
        "0,0",
        "-0,0",
        "-0.0,0",
        "12,12000000",
        "12.5,12500000",
        "-12.345678,-12345678",
        "0.0000005,0",
        "0.0000015,2",
        "0.00000050000001,1",
        "-0.0000025,-2",
        "1e3,1000000000",
        "1.5E+2,150000000",
        "25e-7,2",
        "1e-400,0",
        "0e999999999999999999999,0",
        "1e12,1000000000000000000",
        "-1e12,-1000000000000000000",
        "1000000000000.0000005,1000000000000000000"
    })
    void aNumberIsMillionthsRoundedHalfToEven(String text, long micros) {
        assertThat(Amount.micros(text)).isEqualTo(micros);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1000000000000.0000006",
                "1000000000001",
                "-1000000000000.000001",
                "1e13",
                "9999999999999.999999",
                "9e18",
                "1e400",
                "1e99999999999999999999"
            })
    void aNumberBeyondTheLargestIsNone(String text) {
        assertThat(Amount.micros(text)).isEqualTo(Amount.NONE);
        assertThat(Amount.number(text)).isNotNaN();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "-",
                "+1",
                "01",
                "-01",
                "1.",
                ".5",
                "1e",
                "1e+",
                "1 ",
                " 1",
                "1,5",
                "NaN",
                "Infinity",
                "0x10",
                "1f",
                "1d",
                "true",
                "1_000",
                "--1",
                "1.2.3",
                "1e2.5",
                "١"
            })
    void textThatIsNoNumberOfJsonIsNone(String text) {
        assertThat(Amount.micros(text)).isEqualTo(Amount.NONE);
        assertThat(Amount.number(text)).isNaN();
    }

    @Test
    void anyNumberIsWhatExactArithmeticMakesOfIt() {
        long seed = 17;
        Random random = new Random(seed);
        BigDecimal most = BigDecimal.valueOf(Amount.MOST_MICROS);
        for (int i = 0; i < 200_000; i++) {
            String text = number(random);
            BigDecimal exact = new BigDecimal(text).movePointRight(6).setScale(0, RoundingMode.HALF_EVEN);
            long expected = exact.abs().compareTo(most) > 0 ? Amount.NONE : exact.longValueExact();
            assertThat(Amount.micros(text)).as("seed %d: %s", seed, text).isEqualTo(expected);
            assertThat(Amount.number(text)).as(text).isEqualTo(Double.parseDouble(text));
        }
    }

    private static String number(Random random) {
        StringBuilder text = new StringBuilder(random.nextBoolean() ? "-" : "");
        text.append(random.nextInt(3) == 0 ? "0" : digits(random, 1 + random.nextInt(14)));
        if (random.nextBoolean()) {
            text.append('.').append("0".repeat(random.nextInt(8)));
            text.append(
                    random.nextBoolean() ? "5" + "0".repeat(random.nextInt(9)) : digits(random, 1 + random.nextInt(9)));
        }
        if (random.nextInt(3) == 0) {
            text.append("eE".charAt(random.nextInt(2)))
                    .append(random.nextBoolean() ? "-" : random.nextBoolean() ? "+" : "")
                    .append(random.nextInt(18));
        }
        return text.toString();
    }

    private static String digits(Random random, int count) {
        StringBuilder digits = new StringBuilder().append(1 + random.nextInt(9));
        while (digits.length() < count) {
            digits.append(random.nextInt(10));
        }
        return digits.toString();
    }

    @Test
    void aVeryLongNumberTakesNoLongerThanItIs() {
        assertThat(Amount.micros("9".repeat(1_000_000))).isEqualTo(Amount.NONE);
        assertThat(Amount.micros("0." + "9".repeat(1_000_000))).isEqualTo(1_000_000);
        assertThat(Amount.micros("0." + "0".repeat(1_000_000) + "1e1000001")).isEqualTo(1_000_000);
    }
}
