package dev.millrace.core.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BlockedValuesTest {
    /** Letters whose lower case is ASCII, longer, or of another width; spaces of all kinds. */
    private static final String[] PIECES = {
        "null", "NULL", "u", "N", "ä", "Ä", "K", "İ", "€", "0", "-", "(", ")", "😀", " ", "\t", "\u001c", "\u2003",
        "\u00a0", "test", "guest", "ẞ", "\n", "\u000b"
    };

    @Test
    void bytesAreJudgedAsTheirTextIs() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<String> given = new ArrayList<>(IdentityRules.DEFAULT_BLOCKED_VALUES);
            for (int i = random.nextInt(8); i > 0; i--) {
                given.add(randomText(random));
            }
            List<String> normal = given.stream()
                    .map(value -> value.strip().toLowerCase(Locale.ROOT))
                    .toList();
            BlockedValues blocked = new BlockedValues(given);
            for (int i = 0; i < 200; i++) {
                String text = random.nextBoolean() ? randomText(random) : given.get(random.nextInt(given.size()));
                text = random.nextBoolean() ? text : " " + text.toUpperCase(Locale.ROOT) + "\u2003";
                byte[] utf8 = ("#" + text + "#").getBytes(StandardCharsets.UTF_8);
                assertThat(blocked.contains(utf8, 1, utf8.length - 1))
                        .as("seed %d, '%s'", seed, text)
                        .isEqualTo(normal.contains(text.strip().toLowerCase(Locale.ROOT)))
                        .isEqualTo(blocked.contains(text));
            }
        }
    }

    @Test
    void nothingIsBlockedByNothing() {
        BlockedValues none = new BlockedValues(List.of());

        assertThat(none.contains("")).isFalse();
        assertThat(none.contains(new byte[0], 0, 0)).isFalse();
        assertThat(none.contains(new byte[] {'0'}, 0, 1)).isFalse();
    }

    private static String randomText(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)]);
        }
        return text.toString();
    }
}
