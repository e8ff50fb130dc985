package dev.millrace.runtime.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches, whatever it takes: waits for a server that is away, makes partitions, and leaves out rows that the table
 * does not take. All of it in the calling thread.
 */
final class BatchWriter<T> {
    private static final Logger LOG = LoggerFactory.getLogger(BatchWriter.class);
    private static final int REFUSALS_LOGGED = 10;
    private static final int LOGGED_EVERY = 1000;

    private final Table<T> table;
    private final StoreConnection connection;
    private final Patience patience;
    private final StoreMetrics metrics;
    private final Seat seat;
    private long term;
    private final Set<Long> partitions = new HashSet<>();
    private final CopyTrials copyTrials = new CopyTrials();
    private final LatelyWritten<T> lately;

    BatchWriter(Table<T> table, Seat seat, StoreConnection connection, Patience patience, StoreMetrics metrics) {
        this.table = table;
        this.seat = seat;
        this.connection = connection;
        this.patience = patience;
        this.metrics = metrics;
        this.lately = new LatelyWritten<>(table);
    }

    /** Takes the seat, where the table's writers have one. From now on nobody who had it before writes over a row. */
    void begin() throws StoreException, InterruptedException {
        while (table.seated()) {
            try {
                term = seat.take(connection.get(), table.name());
                patience.answered();
                return;
            } catch (SQLException e) {
                connection.stopIfAborted();
                Trouble trouble = Trouble.of(e);
                if (trouble != Trouble.AWAY && trouble != Trouble.BUSY) {
                    throw fatal(e);
                }
                connection.close();
                patience.failed(e, trouble);
            }
        }
    }

    /**
     * Returns when all rows that the table takes are in it.
     *
     * @param rows no two with one key, in the order in which they came
     * @throws InterruptedException when the connection is aborted, too
     */
    void write(List<T> rows) throws StoreException, InterruptedException {
        long start = System.nanoTime();
        long refused = metrics.refusals();
        List<T> news = rows.stream().filter(row -> !lately.says(row)).toList();
        List<T> left = table.copy() == null ? news : copy(table.copy(), news);
        for (Write<T> write : table.writes()) {
            List<T> storable = new ArrayList<>();
            for (T row : left) {
                if (!write.takes().test(row)) {
                    continue;
                }
                if (write.isStorable(row)) {
                    storable.add(row);
                } else {
                    refuse(row, "it has text with NUL, or with half a surrogate pair");
                }
            }
            if (!storable.isEmpty()) {
                write(write, storable);
            }
        }
        if (metrics.refusals() == refused) {
            lately.written(news);
        }
        metrics.batch(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    /** Returns the rows that are not written yet. If anything is wrong, statements write them, or say what it is. */
    private List<T> copy(Copy<T> copy, List<T> rows) throws InterruptedException {
        List<T> fresh = new ArrayList<>();
        List<T> left = new ArrayList<>();
        for (T row : rows) {
            (copy.canTake(row) && !lately.knows(row) ? fresh : left).add(row);
        }
        if (fresh.isEmpty() || !copyTrials.isDue()) {
            return rows;
        }
        try {
            Connection open = connection.get();
            List<T> sorted = sorted(fresh);
            ensurePartitions(open, copy.partitioning(), sorted);
            if (copy.execute(open, sorted)) {
                copyTrials.succeeded();
                patience.answered();
                metrics.written(fresh.size());
                return left;
            }
            copyTrials.failed();
            metrics.copyFailed();
        } catch (SQLException e) {
            connection.stopIfAborted();
            copyTrials.failed();
            metrics.copyFailed();
            LOG.debug("{}: rows could not be copied: {}", table.name(), Trouble.message(e));
            if (!Trouble.isAnswer(e)) {
                connection.close(); // Its answer might come still, and be taken for that to the next statement.
            }
        }
        return rows;
    }

    /** All of them, or each half by itself, down to the row that is the trouble. */
    private void write(Write<T> write, List<T> rows) throws StoreException, InterruptedException {
        Optional<SQLException> refusal = attempt(write, rows);
        if (refusal.isEmpty()) {
            metrics.written(rows.size());
            return;
        }
        if (rows.size() == 1) {
            refuse(rows.get(0), Trouble.message(refusal.get()));
            return;
        }
        int half = rows.size() / 2;
        write(write, rows.subList(0, half));
        write(write, rows.subList(half, rows.size()));
    }

    /** Writes them in one statement; empty when they are written, or else why they can't be, all together. */
    private Optional<SQLException> attempt(Write<T> write, List<T> rows) throws StoreException, InterruptedException {
        List<T> sorted = sorted(rows);
        while (true) {
            try {
                Connection open = connection.get();
                ensurePartitions(open, write.partitioning(), sorted);
                write.execute(open, sorted, table.name(), seat, term);
                patience.answered();
                return Optional.empty();
            } catch (SQLException e) {
                connection.stopIfAborted();
                Trouble trouble = Trouble.of(e);
                switch (trouble) {
                    case AWAY -> {
                        connection.close();
                        patience.failed(e, trouble);
                    }
                    case BUSY -> patience.failed(e, trouble);
                    case NO_PARTITION -> {
                        // Dropped since, because what was in it was too old to be kept; or made by another writer
                        // a moment ago. Of that the server's process of this connection may never learn: while it reads
                        // which partitions there are, another one that is attached is lost to it, until the next is.
                        partitions.clear();
                        connection.close();
                        patience.failed(e, trouble);
                    }
                    case SAME_KEY, REFUSED -> {
                        patience.answered();
                        return Optional.of(e);
                    }
                    case FATAL -> throw fatal(e);
                }
            }
        }
    }

    private List<T> sorted(List<T> rows) {
        List<Map.Entry<RowKey, T>> keyed = new ArrayList<>(rows.size());
        for (T row : rows) {
            keyed.add(Map.entry(table.key(row), row));
        }
        keyed.sort(Map.Entry.comparingByKey());
        List<T> sorted = new ArrayList<>(rows.size());
        keyed.forEach(entry -> sorted.add(entry.getValue()));
        return sorted;
    }

    private void ensurePartitions(Connection open, Partitioning<T> partitioning, List<T> rows) throws SQLException {
        if (partitioning == null) {
            return;
        }
        for (T row : rows) {
            long partition = partitioning.partition(row);
            if (partitions.contains(partition)) {
                continue;
            }
            try (PreparedStatement statement = open.prepareStatement(Partitioning.ENSURE)) {
                statement.setString(1, table.name());
                statement.setLong(2, partitioning.time().applyAsLong(row));
                statement.setLong(3, partitioning.time().applyAsLong(row));
                statement.execute();
            }
            partitions.add(partition);
        }
    }

    private StoreException fatal(SQLException error) {
        return new StoreException(
                "%s can't be written: %s. %s".formatted(table.name(), Trouble.message(error), Trouble.advice(error)),
                error);
    }

    private void refuse(T row, String why) {
        long refused = metrics.refused();
        if (refused <= REFUSALS_LOGGED || refused % LOGGED_EVERY == 0) {
            LOG.warn(
                    "A row of {} is left out, it can't be stored ({}): {}. {} so far; of the first {}, and then of"
                            + " every {}th, the log tells",
                    table.name(),
                    table.describe(row),
                    why,
                    refused,
                    REFUSALS_LOGGED,
                    LOGGED_EVERY);
        }
    }
}
