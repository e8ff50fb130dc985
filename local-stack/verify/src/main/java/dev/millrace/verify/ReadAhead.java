package dev.millrace.verify;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/** One thread reads while the calling one works on what was read before, in the same order. */
final class ReadAhead<T> {
    private static final int MOST_AT_ONCE = 256;
    private static final int MOST_CHARS_AT_ONCE = 1 << 18;
    private static final int BATCHES_AHEAD = 4;
    private static final long LOOKS_EVERY_MILLIS = 100;

    /** Takes one after the other. */
    @FunctionalInterface
    interface Sink<T> {
        void take(T value) throws SQLException;
    }

    /** Gives all there are. */
    @FunctionalInterface
    interface Source<T> {
        void readInto(Sink<T> sink) throws SQLException;
    }

    private final ToIntFunction<T> chars;
    private final BlockingQueue<List<T>> batches = new ArrayBlockingQueue<>(BATCHES_AHEAD);
    private List<T> filling = new ArrayList<>();
    private int fillingChars;
    private volatile Throwable failure;

    /** @param chars how much of memory one takes */
    ReadAhead(ToIntFunction<T> chars) {
        this.chars = chars;
    }

    /** Returns when all has been taken. */
    void each(Source<T> source, Sink<T> sink) throws SQLException {
        Thread reader = new Thread(() -> read(source), "verify-reader");
        reader.setDaemon(true);
        reader.start();
        try {
            while (true) {
                List<T> batch = batches.poll(LOOKS_EVERY_MILLIS, TimeUnit.MILLISECONDS);
                if (batch == null && !reader.isAlive()) {
                    batch = batches.poll();
                    if (batch == null) {
                        break;
                    }
                }
                if (batch != null) {
                    for (T value : batch) {
                        sink.take(value);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", e);
        } finally {
            reader.interrupt();
            join(reader);
        }
        if (failure != null) {
            throw new SQLException(failure.getMessage(), failure);
        }
    }

    private void read(Source<T> source) {
        try {
            source.readInto(value -> {
                filling.add(value);
                fillingChars += chars.applyAsInt(value);
                if (filling.size() >= MOST_AT_ONCE || fillingChars >= MOST_CHARS_AT_ONCE) {
                    passOn();
                }
            });
            passOn();
        } catch (Throwable e) {
            failure = e;
        }
    }

    private void passOn() throws SQLException {
        try {
            batches.put(filling);
        } catch (InterruptedException e) {
            throw new SQLException("not read to the end", e);
        }
        filling = new ArrayList<>(MOST_AT_ONCE);
        fillingChars = 0;
    }

    /** It reads files and lets itself be interrupted: it is soon at its end. */
    private static void join(Thread reader) {
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
