package dev.millrace.stack.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
    @TempDir
    private Path directory;

    @Test
    void whatWasAcknowledgedAndNotFoundIsMissingByName() {
        Ledger ledger = ledger(List.of("a", "b", "c", "b"));
        Ledger.Check check = ledger.check();
        check.found("a");
        check.found("c");
        check.found("somebody else's");
        assertThat(ledger.size()).isEqualTo(4);
        assertThat(check.size()).isEqualTo(3);
        assertThat(check.missing()).isEqualTo(1);
        assertThat(check.firstMissing(10)).containsExactly("b");
    }

    @Test
    void whatIsFoundTwiceCountsOnce() {
        Ledger.Check check = ledger(List.of("a", "b")).check();
        check.found("a");
        check.found("a");
        assertThat(check.missing()).isEqualTo(1);
        check.found("b");
        assertThat(check.missing()).isZero();
        assertThat(check.firstMissing(10)).isEmpty();
    }

    @Test
    void bytesAreKnownByWhatTheyAre() {
        byte[] noise = {(byte) 0xFF, 10, 13, 0};
        assertThat(Ledger.idOf(noise)).isEqualTo(Ledger.idOf(noise.clone())).doesNotContain("\n");
        assertThat(Ledger.idOf(noise)).isNotEqualTo(Ledger.idOf("x".getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void threadsMayNoteAtOnce() throws InterruptedException {
        List<String> ids = IntStream.range(0, 20_000).mapToObj(i -> "id-" + i).toList();
        Ledger ledger = new Ledger(directory.resolve("ledger.txt"));
        List<Thread> threads = new ArrayList<>();
        for (int part = 0; part < 4; part++) {
            List<String> mine = ids.subList(part * 5000, (part + 1) * 5000);
            Thread thread = new Thread(() -> mine.forEach(ledger::acknowledged));
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        ledger.close();
        Ledger.Check check = ledger.check();
        assertThat(check.size()).isEqualTo(ids.size());
        ids.forEach(check::found);
        assertThat(check.missing()).isZero();
    }

    private Ledger ledger(List<String> ids) {
        Ledger ledger = new Ledger(directory.resolve("ledger.txt"));
        ids.forEach(ledger::acknowledged);
        ledger.close();
        return ledger;
    }
}
