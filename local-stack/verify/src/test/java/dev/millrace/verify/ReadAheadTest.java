package dev.millrace.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadAheadTest {
    private final List<Integer> taken = new ArrayList<>();

    @Test
    void allIsTakenInOrder() throws Exception {
        new ReadAhead<Integer>(any -> 1).each(sink -> numbers(10_000, sink), taken::add);
        assertThat(taken).isEqualTo(IntStream.range(0, 10_000).boxed().toList());
    }

    @Test
    void nothingIsNothing() throws Exception {
        new ReadAhead<Integer>(any -> 1).each(sink -> numbers(0, sink), taken::add);
        assertThat(taken).isEmpty();
    }

    @Test
    void littleOfWhatIsLargeIsReadAhead() throws Exception {
        AtomicInteger read = new AtomicInteger();
        new ReadAhead<Integer>(any -> 1 << 18)
                .each(
                        sink -> {
                            for (int i = 0; i < 100; i++) {
                                read.incrementAndGet();
                                sink.take(i);
                            }
                        },
                        value -> {
                            assertThat(read.get() - value).isLessThan(8);
                            taken.add(value);
                        });
        assertThat(taken).hasSize(100);
    }

    @Test
    void whatTheReaderFailsWithIsThrownAfterWhatItHadRead() {
        assertThatThrownBy(() -> new ReadAhead<Integer>(any -> 1)
                        .each(
                                sink -> {
                                    numbers(300, sink);
                                    throw new SQLException("no such file");
                                },
                                taken::add))
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("no such file");
        assertThat(taken).hasSize(256);
    }

    @Test
    void aReaderIsEndedWhereTheTakerFails() {
        AtomicInteger read = new AtomicInteger();
        assertThatThrownBy(() -> new ReadAhead<Integer>(any -> 1)
                        .each(
                                sink -> {
                                    for (int i = 0; i < 1_000_000; i++) {
                                        read.incrementAndGet();
                                        sink.take(i);
                                    }
                                },
                                value -> {
                                    throw new SQLException("full");
                                }))
                .hasMessage("full");
        assertThat(read.get()).isLessThan(10_000);
    }

    private static void numbers(int many, ReadAhead.Sink<Integer> sink) throws SQLException {
        for (int i = 0; i < many; i++) {
            sink.take(i);
        }
    }
}
